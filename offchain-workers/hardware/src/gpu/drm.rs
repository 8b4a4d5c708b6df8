//! Graphics cards as the kernel lists them.

use super::{hexadecimal, Api, Gpu, Kind, MAX_GPUS, NVIDIA};
use crate::mib;
use std::{fs, path::Path};

/// PCI numbers of AMD and Intel, beside [`NVIDIA`]: others make cards that show pictures and no more.
const AMD: u32 = 0x1002;
const INTEL: u32 = 0x8086;

/// A card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Card {
    pub vendor: u32,
    pub device: u32,
    /// Memory of its own in MiB, where its driver tells.
    pub memory_mib: Option<u32>,
}

/// The cards in a folder such as `/sys/class/drm`, in the order of their names.
pub(super) fn cards(folder: &Path) -> Vec<Card> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<_> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        // Not the connectors, `card0-DP-1`.
        .filter(|name| {
            let number = name.strip_prefix("card");
            number.is_some_and(|number| number.parse::<u32>().is_ok())
        })
        .take(MAX_GPUS)
        .collect();
    names.sort();
    let cards = names.iter().filter_map(|name| {
        let device = folder.join(name).join("device");
        let read = |file: &str| fs::read_to_string(device.join(file)).ok();
        Some(Card {
            vendor: hexadecimal(&read("vendor")?)?,
            device: hexadecimal(&read("device")?)?,
            // amdgpu's; others do not tell.
            memory_mib: read("mem_info_vram_total")
                .and_then(|bytes| bytes.trim().parse().ok())
                .map(mib),
        })
    });
    cards.collect()
}

/// Cards of vendors that make GPUs for computing, for which no tool was found.
pub(super) fn listed(cards: &[Card]) -> Vec<Gpu> {
    let gpus = cards.iter().zip(0u32..).filter_map(|(card, index)| {
        let vendor = match card.vendor {
            NVIDIA => "NVIDIA",
            AMD => "AMD",
            INTEL => "Intel",
            _ => return None,
        };
        Some(Gpu {
            api: Api::None,
            index,
            name: format!("{vendor} {:#06x}", card.device),
            kind: Kind::Unknown,
            memory_mib: card.memory_mib,
            driver: None,
            vendor: Some(card.vendor),
        })
    });
    gpus.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_read_and_connectors_are_none() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, vendor, device, memory) in [
            ("card0", "0x1002\n", "0x73bf\n", Some("17163091968\n")),
            ("card1", "0x1a03\n", "0x2000\n", None),
            ("card0-DP-1", "0x1002\n", "0x73bf\n", None),
        ] {
            let device_folder = folder.path().join(name).join("device");
            fs::create_dir_all(&device_folder).expect("a folder");
            fs::write(device_folder.join("vendor"), vendor).expect("a file");
            fs::write(device_folder.join("device"), device).expect("a file");
            if let Some(memory) = memory {
                fs::write(device_folder.join("mem_info_vram_total"), memory).expect("a file");
            }
        }
        let found = cards(folder.path());
        let radeon = Card {
            vendor: AMD,
            device: 0x73bf,
            memory_mib: Some(16_368),
        };
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], radeon);
        // The second is a server's console.
        let gpus = listed(&found);
        assert_eq!(gpus.len(), 1);
        assert_eq!(gpus[0].name, "AMD 0x73bf");
        assert!(!gpus[0].is_accelerator());
    }

    #[test]
    fn a_machine_without_cards_has_none() {
        assert!(cards(Path::new("/nonexistent/drm")).is_empty());
    }
}
