//! Compiles the example programs to WebAssembly.
//!
//! Honours `WASM_BUILD_TOOLCHAIN` and `CARGO_NET_OFFLINE` as the builder of the
//! runtime does. The nested build has a target folder of its own, since this
//! build holds the lock on the outer one, and always the same flags, so that the
//! code hash of a program does not depend on where it was compiled.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates, in `../examples`.
const PROGRAMS: [&str; 3] = ["digit-lottery", "proof-gate", "tour"];

/// The profile of the workspace for programs.
const PROFILE: &str = "program";

const TARGET: &str = "wasm32v1-none";

/// Bytes of the native stack inside of a program's memory: one page, where the
/// linker's default of sixteen would be allocated in each call.
const STACK: u32 = 64 * 1024;

/// What makes the outer build special, and must not reach the inner one: clippy
/// and caches as compilers, flags for the host, unified features.
const FOREIGN: [&str; 10] = [
    "RUSTC",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_BUILD_TARGET",
    "CARGO_TARGET_DIR",
    "CLIPPY_ARGS",
    "RUSTFLAGS",
    "CARGO_RESOLVER_FEATURE_UNIFICATION",
    "CARGO_UNSTABLE_FEATURE_UNIFICATION",
];

fn main() {
    let here = directory("CARGO_MANIFEST_DIR");
    let out = directory("OUT_DIR");
    let guest = here.join("..");
    let workspace = guest.join("../..");
    for path in [
        guest.join("src"),
        guest.join("Cargo.toml"),
        guest.join("examples"),
        // Profiles and versions.
        workspace.join("Cargo.toml"),
        workspace.join("Cargo.lock"),
        here.join("build.rs"),
    ] {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    for variable in ["WASM_BUILD_TOOLCHAIN", "CARGO_NET_OFFLINE"] {
        println!("cargo:rerun-if-env-changed={variable}");
    }

    let workspace = workspace
        .canonicalize()
        .expect("the workspace is above this crate");
    for program in PROGRAMS {
        let code = compile(program, &workspace, &out.join("target"));
        let file = format!("{}.wasm", program.replace('-', "_"));
        std::fs::copy(code.join(&file), out.join(&file))
            .unwrap_or_else(|error| panic!("{file} cannot be copied from {code:?}: {error}"));
    }
}

fn directory(variable: &str) -> PathBuf {
    env::var_os(variable)
        .unwrap_or_else(|| panic!("cargo sets {variable}"))
        .into()
}

/// Compiles a program; gives the folder in which its code lies.
fn compile(program: &str, workspace: &Path, target: &Path) -> PathBuf {
    let mut cargo = cargo();
    for variable in FOREIGN {
        cargo.env_remove(variable);
    }
    cargo
        .current_dir(workspace)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(workspace))
        // A library beside the program would keep link-time optimisation out.
        .args(["rustc", "--lib", "--crate-type", "cdylib"])
        .args(["--package", program, "--target", TARGET])
        .args(["--profile", PROFILE, "--locked"])
        .arg("--target-dir")
        .arg(target);
    if env::var("CARGO_NET_OFFLINE").is_ok_and(|offline| offline == "true") {
        cargo.arg("--offline");
    }
    let status = cargo
        .status()
        .unwrap_or_else(|error| panic!("{cargo:?} cannot be started: {error}"));
    assert!(
        status.success(),
        "{program} does not compile; `rustup target add {TARGET}` if the target is missing"
    );
    target.join(TARGET).join(PROFILE)
}

fn cargo() -> Command {
    match env::var_os("WASM_BUILD_TOOLCHAIN") {
        Some(toolchain) => {
            let mut rustup = Command::new("rustup");
            rustup.arg("run").arg(toolchain).arg("cargo");
            // Of the outer toolchain.
            rustup.env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
            rustup
        }
        None => Command::new(env::var_os("CARGO").expect("cargo sets CARGO")),
    }
}

/// Flags of the compiler, joined as cargo expects them.
fn flags(workspace: &Path) -> OsString {
    let mut flags = OsString::new();
    flags.push(format!("-Clink-arg=-zstack-size={STACK}"));
    // A panic names its source file, which is thus part of the code.
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    for (path, name) in [(Some(workspace.into()), "lattice"), (home, "cargo")] {
        if let Some(path) = path {
            flags.push("\u{1f}--remap-path-prefix=");
            flags.push(path);
            flags.push("=");
            flags.push(name);
        }
    }
    flags
}
