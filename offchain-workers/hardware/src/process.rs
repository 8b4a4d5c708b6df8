//! The peak of this process's own memory.

use std::fs;

/// Most memory that this process has had in RAM since it began, or since [`reset_peak`], in MiB; `None`
/// where the kernel does not tell.
pub fn peak_mib() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    peak_of(&status)
}

/// Makes [`peak_mib`] count anew from what the process has now. Says whether the kernel did it.
pub fn reset_peak() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}

fn peak_of(status: &str) -> Option<u32> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    Some(u32::try_from(kib.div_ceil(1024)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_from_the_kernels_text() {
        let status = "Name:\tlattice\nVmPeak:\t  900000 kB\nVmHWM:\t  163841 kB\nThreads:\t3\n";
        assert_eq!(peak_of(status), Some(161));
        assert_eq!(peak_of("Name:\tlattice\n"), None);
        assert_eq!(peak_of("VmHWM:\tmany kB\n"), None);
    }
}
