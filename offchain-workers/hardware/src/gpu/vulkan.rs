//! GPUs with a Vulkan driver, through `vulkaninfo --summary`.

use super::{drm::Card, hexadecimal, Api, Gpu, Kind, MAX_GPUS};
use crate::command;

/// The GPUs that Vulkan tells of, with their memory as the kernel tells it.
pub(super) fn detect(cards: &[Card]) -> Vec<Gpu> {
    command::output_of("vulkaninfo", &["--summary"])
        .map(|text| parse(&text, cards))
        .unwrap_or_default()
}

/// Headings `GPUn:`, each with lines of a name, `=` and a value below it.
fn parse(text: &str, cards: &[Card]) -> Vec<Gpu> {
    let mut gpus: Vec<Found> = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        if let Some(index) = heading(line) {
            if gpus.len() == MAX_GPUS {
                break;
            }
            gpus.push(Found {
                index,
                ..Found::default()
            });
            continue;
        }
        let (Some(gpu), Some((name, value))) = (gpus.last_mut(), line.split_once('=')) else {
            continue;
        };
        let value = value.trim();
        match name.trim() {
            "deviceName" => gpu.name = value.to_owned(),
            "deviceType" => gpu.kind = kind(value),
            "vendorID" => gpu.vendor = hexadecimal(value),
            "deviceID" => gpu.device = hexadecimal(value),
            "driverInfo" => gpu.driver = Some(value.to_owned()),
            _ => {}
        }
    }
    gpus.into_iter().map(|gpu| gpu.with_memory(cards)).collect()
}

fn heading(line: &str) -> Option<u32> {
    line.strip_prefix("GPU")?.strip_suffix(':')?.parse().ok()
}

fn kind(text: &str) -> Kind {
    match text {
        "PHYSICAL_DEVICE_TYPE_DISCRETE_GPU" => Kind::Discrete,
        "PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU" => Kind::Integrated,
        "PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU" => Kind::Virtual,
        "PHYSICAL_DEVICE_TYPE_CPU" => Kind::Software,
        _ => Kind::Unknown,
    }
}

#[derive(Default)]
struct Found {
    index: u32,
    name: String,
    kind: Kind,
    vendor: Option<u32>,
    device: Option<u32>,
    driver: Option<String>,
}

impl Found {
    fn with_memory(self, cards: &[Card]) -> Gpu {
        let card = cards
            .iter()
            .find(|card| self.vendor == Some(card.vendor) && self.device == Some(card.device));
        Gpu {
            api: Api::Vulkan,
            index: self.index,
            name: self.name,
            kind: self.kind,
            memory_mib: card.and_then(|card| card.memory_mib),
            driver: self.driver,
            vendor: self.vendor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUMMARY: &str = "\
==========
VULKANINFO
==========

Vulkan Instance Version: 1.3.239


Instance Extensions: count = 2
-------------------------------
VK_EXT_debug_report                    : extension revision 10

Devices:
========
GPU0:
	apiVersion         = 1.3.230
	driverVersion      = 22.3.6
	vendorID           = 0x1002
	deviceID           = 0x73bf
	deviceType         = PHYSICAL_DEVICE_TYPE_DISCRETE_GPU
	deviceName         = AMD Radeon RX 6800 XT (RADV NAVI21)
	driverID           = DRIVER_ID_MESA_RADV
	driverName         = radv
	driverInfo         = Mesa 22.3.6
	conformanceVersion = 1.3.0.0
GPU1:
	apiVersion         = 1.3.230
	vendorID           = 0x10005
	deviceID           = 0x0000
	deviceType         = PHYSICAL_DEVICE_TYPE_CPU
	deviceName         = llvmpipe (LLVM 15.0.6, 256 bits)
	driverInfo         = Mesa 22.3.6 (LLVM 15.0.6)
";

    #[test]
    fn a_graphics_card_has_the_memory_that_the_kernel_tells_of() {
        let cards = [Card {
            vendor: 0x1002,
            device: 0x73bf,
            memory_mib: Some(16_368),
        }];
        let gpus = parse(SUMMARY, &cards);
        assert_eq!(gpus.len(), 2);
        assert_eq!(gpus[0].name, "AMD Radeon RX 6800 XT (RADV NAVI21)");
        assert_eq!(gpus[0].memory_mib, Some(16_368));
        assert_eq!(gpus[0].driver.as_deref(), Some("Mesa 22.3.6"));
        assert!(gpus[0].is_accelerator() && !gpus[0].is_nvidia());
    }

    #[test]
    fn the_processor_in_place_of_a_gpu_is_no_accelerator() {
        let gpus = parse(SUMMARY, &[]);
        assert_eq!((gpus[1].index, gpus[1].kind), (1, Kind::Software));
        assert!(!gpus[1].is_accelerator());
        assert_eq!(gpus[0].memory_mib, None);
    }

    #[test]
    fn text_without_devices_has_none() {
        for text in [
            "",
            "Devices:\n========\n",
            "deviceName = alone\nGPUx:\nGPU:\n",
            "ERROR: [Loader Message] Code 0 : vkCreateInstance: Found no drivers!\n",
        ] {
            assert!(parse(text, &[]).is_empty(), "{text}");
        }
    }
}
