//! NVIDIA's GPUs, through `nvidia-smi`.

use super::{Api, Gpu, Kind, MAX_GPUS, NVIDIA};
use crate::command;

/// What is asked for each GPU, in this order.
const QUERY: &str = "--query-gpu=index,name,memory.total,driver_version";

/// The GPUs that the driver tells of; none without a driver.
pub(super) fn detect() -> Vec<Gpu> {
    let arguments = [QUERY, "--format=csv,noheader,nounits"];
    command::output_of("nvidia-smi", &arguments)
        .map(|text| parse(&text))
        .unwrap_or_default()
}

/// One GPU a line: its number, its name, MiB and the driver's version.
fn parse(text: &str) -> Vec<Gpu> {
    text.lines().filter_map(line).take(MAX_GPUS).collect()
}

fn line(line: &str) -> Option<Gpu> {
    // A name could hold a comma; the others cannot.
    let (index, rest) = line.split_once(',')?;
    let (rest, driver) = rest.rsplit_once(',')?;
    let (name, memory) = rest.rsplit_once(',')?;
    Some(Gpu {
        api: Api::Cuda,
        index: index.trim().parse().ok()?,
        name: name.trim().to_owned(),
        kind: Kind::Discrete,
        memory_mib: memory.trim().parse().ok(),
        driver: Some(driver.trim().to_owned()),
        vendor: Some(NVIDIA),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_gpu() {
        let text = "0, NVIDIA H200, 143771, 570.86.15\n1, NVIDIA RTX 4090, 24564, 570.86.15\n";
        let gpus = parse(text);
        assert_eq!(gpus.len(), 2);
        let Gpu {
            name,
            index,
            memory_mib,
            driver,
            ..
        } = &gpus[0];
        assert_eq!((name.as_str(), *index), ("NVIDIA H200", 0));
        assert_eq!(*memory_mib, Some(143_771));
        assert_eq!(driver.as_deref(), Some("570.86.15"));
        assert_eq!(gpus[1].index, 1);
    }

    #[test]
    fn memory_that_is_not_told_is_left_out() {
        // GPUs that share the processor's memory answer so.
        let gpus = parse("0, NVIDIA GB10, [N/A], 580.95.05\n");
        assert_eq!(gpus.len(), 1);
        assert_eq!(gpus[0].memory_mib, None);
    }

    #[test]
    fn a_message_in_place_of_gpus_is_none() {
        for text in [
            "",
            "No devices were found\n",
            "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n",
        ] {
            assert!(parse(text).is_empty(), "{text}");
        }
    }
}
