//! The processor.

use serde::{Deserialize, Serialize};
use std::thread::available_parallelism;
use sysinfo::{CpuRefreshKind, RefreshKind, System};

/// A processor, and this process's share of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cpu {
    /// As the vendor calls it; empty where the system does not tell.
    pub model: String,
    /// Cores of silicon, where the system tells.
    pub physical_cores: Option<u32>,
    /// Threads that the hardware has.
    pub logical_cores: u32,
    /// Threads that this process may run at the same time: what its affinity and the quota of its
    /// control group leave of the logical cores.
    pub usable_threads: u32,
    /// Instruction sets of vectors that the processor has, of those that matter here.
    pub simd: Vec<String>,
}

impl Cpu {
    /// Looks at this machine.
    pub fn detect() -> Self {
        let refresh = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
        let system = System::new_with_specifics(refresh);
        let usable_threads = available_parallelism().map_or(1, |threads| count(threads.get()));
        Self {
            model: system
                .cpus()
                .first()
                .map(|cpu| cpu.brand().trim().to_owned())
                .unwrap_or_default(),
            physical_cores: System::physical_core_count().map(count),
            logical_cores: count(system.cpus().len()).max(usable_threads),
            usable_threads,
            simd: simd().into_iter().map(str::to_owned).collect(),
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(target_arch = "x86_64")]
fn simd() -> Vec<&'static str> {
    let known = [
        ("sse4.2", std::is_x86_feature_detected!("sse4.2")),
        ("avx", std::is_x86_feature_detected!("avx")),
        ("avx2", std::is_x86_feature_detected!("avx2")),
        ("fma", std::is_x86_feature_detected!("fma")),
        ("avx512f", std::is_x86_feature_detected!("avx512f")),
        ("avx512ifma", std::is_x86_feature_detected!("avx512ifma")),
        ("avx512vnni", std::is_x86_feature_detected!("avx512vnni")),
    ];
    present(&known)
}

#[cfg(target_arch = "aarch64")]
fn simd() -> Vec<&'static str> {
    let known = [
        ("neon", std::arch::is_aarch64_feature_detected!("neon")),
        (
            "dotprod",
            std::arch::is_aarch64_feature_detected!("dotprod"),
        ),
        ("sve", std::arch::is_aarch64_feature_detected!("sve")),
    ];
    present(&known)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn simd() -> Vec<&'static str> {
    present(&[])
}

fn present(known: &[(&'static str, bool)]) -> Vec<&'static str> {
    let there = known.iter().filter(|(_, there)| *there);
    there.map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_at_least_one_thread_and_not_more_than_the_machine() {
        let cpu = Cpu::detect();
        assert!(cpu.usable_threads >= 1);
        assert!(cpu.usable_threads <= cpu.logical_cores);
    }

    #[test]
    fn only_what_is_there_is_listed() {
        assert_eq!(
            present(&[("a", true), ("b", false), ("c", true)]),
            ["a", "c"]
        );
    }
}
