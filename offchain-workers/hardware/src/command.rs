//! Running a program that may hang or talk too much.

use std::{
    io::Read,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a program may take. `nvidia-smi` loads the driver first where nothing else uses it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether the program has ended.
const PAUSE: Duration = Duration::from_millis(10);
/// Bytes of its output that are read.
const MAX_OUTPUT: u64 = 256 << 10;

/// Standard output of a program; `None` if it is not there, fails or takes too long.
pub(crate) fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    output_within(PATIENCE, program, arguments)
}

fn output_within(patience: Duration, program: &str, arguments: &[&str]) -> Option<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let stdout = child.stdout.take()?;
    let (read, said) = mpsc::sync_channel(1);
    // A thread that is left behind ends when the last who could write to the pipe does.
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let all = stdout.take(MAX_OUTPUT).read_to_end(&mut bytes);
        let _ = read.send(all.map(|_| bytes));
    });
    let started = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() < patience => thread::sleep(PAUSE),
            _ => {
                // It may have ended meanwhile; either way nobody waits for it any longer, except a thread
                // that buries it: one that hangs in its driver does not die of this either.
                let _ = child.kill();
                thread::spawn(move || child.wait());
                return None;
            }
        }
    };
    // A child of its own may hold the pipe open.
    let left = patience.saturating_sub(started.elapsed()).max(PAUSE);
    let bytes = said.recv_timeout(left).ok()?.ok()?;
    status
        .success()
        .then(|| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_says_is_read() {
        let said = output_of("sh", &["-c", "echo one; echo two"]);
        assert_eq!(said.as_deref(), Some("one\ntwo\n"));
    }

    #[test]
    fn a_program_that_is_missing_or_fails_says_nothing() {
        assert_eq!(output_of("lattice-no-such-program", &[]), None);
        assert_eq!(output_of("sh", &["-c", "echo one; exit 3"]), None);
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let started = Instant::now();
        let said = output_within(Duration::from_millis(50), "sleep", &["30"]);
        assert_eq!(said, None);
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_program_that_leaves_its_output_open_is_not_waited_for() {
        let started = Instant::now();
        let said = output_within(Duration::from_millis(200), "sh", &["-c", "sleep 20 & echo"]);
        assert_eq!(said, None);
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}
