use super::*;
use std::{fs::File, time::Duration};

/// The store's quota, which is no limit here.
const QUOTA: u64 = 1 << 40;
/// Bytes of each file.
const LEN: usize = 1 << 20;

/// Bytes of a file, another for each number, that no file system makes less.
fn bytes(number: u8) -> Vec<u8> {
    let parts = (0..LEN / blake2b_simd::OUTBYTES).flat_map(|part| {
        let seed = [&[number][..], &part.to_le_bytes()].concat();
        *blake2b_simd::blake2b(&seed).as_array()
    });
    parts.collect()
}

/// As the file of a content is on a disk that has made next to nothing of it.
fn compress(entry: &Entry) {
    let file = File::create(&entry.path).expect("opens");
    file.set_len(LEN as u64).expect("is as long as before");
    file.sync_all().expect("syncs");
}

/// A store with so many whole files, used one after the other.
fn filled(folder: &Path, files: u8) -> State {
    let mut entries = BTreeMap::new();
    for number in 0..files {
        let map = Arc::new(map(folder, number));
        let path = names::path(folder, &map.content(), Part::Whole);
        // Written and not only made longer, so that the disk has it.
        fs::write(&path, bytes(number)).expect("writes");
        File::open(&path)
            .and_then(|file| file.sync_all())
            .expect("syncs");
        let entry = Entry {
            path,
            kind: Kind::Whole,
            bytes: map.footprint(),
            map: map.clone(),
            generation: 0,
            used: 0,
            noted: SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(number)),
            token: Arc::default(),
        };
        entries.insert(map.content(), entry);
    }
    State::new(entries)
}

/// The map of a file, another for each number.
fn map(folder: &Path, number: u8) -> Map {
    let path = folder.join("content");
    fs::write(&path, bytes(number)).expect("writes");
    let map = files::index_blob(&path).expect("a map");
    fs::remove_file(path).expect("removes");
    map
}

/// A disk of 100 GiB.
fn disk(available_mib: u32) -> Disk {
    Disk {
        folder: PathBuf::new(),
        total_mib: 100 * 1024,
        available_mib,
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn a_gibibyte_is_left_free_and_of_a_small_disk_a_tenth() {
    assert_eq!(reserve(&disk(0)), 1 << 30);
    let small = Disk {
        total_mib: 50,
        ..disk(0)
    };
    assert_eq!(reserve(&small), 5 << 20);
}

#[test]
fn nothing_leaves_while_quota_and_disk_have_room() {
    let folder = folder();
    let mut state = filled(folder.path(), 3);
    let new = map(folder.path(), 9);
    for disk in [Some(disk(1024 + 2)), None] {
        let made = state.make_room(folder.path(), QUOTA, disk.as_ref(), &new);
        assert!(made.is_ok(), "{made:?}");
    }
    assert_eq!(state.entries.len(), 3);
}

#[test]
fn a_disk_with_too_little_left_is_made_room_on_though_the_quota_would_allow_more() {
    let folder = folder();
    let mut state = filled(folder.path(), 3);
    let oldest = state.entries.iter().min_by_key(|(_, entry)| entry.used);
    let oldest = oldest.map(|(id, _)| *id).expect("there are three");
    // What is free is all for others. The new one is in the place of one or, as maps need room, of two.
    let made = state.make_room(
        folder.path(),
        QUOTA,
        Some(&disk(1024)),
        &map(folder.path(), 9),
    );
    assert!(made.is_ok(), "{made:?}");
    assert!(!state.entries.contains_key(&oldest));
    assert!((1..=2).contains(&state.entries.len()));
}

#[test]
fn what_does_not_fit_beside_the_reserve_removes_nothing_and_says_why() {
    let folder = folder();
    let mut state = filled(folder.path(), 3);
    state.pins = state.entries.keys().copied().collect();
    let new = map(folder.path(), 9);
    let refused = state.make_room(folder.path(), QUOTA, Some(&disk(1024)), &new);
    let Err(StoreError::DiskReserved {
        content,
        wanted,
        left,
        reserve,
        ..
    }) = refused
    else {
        panic!("{refused:?}");
    };
    assert_eq!((content, wanted), (new.content(), new.footprint()));
    assert_eq!(reserve, 1 << 30);
    assert!(left < wanted);
    assert_eq!(state.entries.len(), 3);
}

#[test]
fn what_has_come_of_a_content_is_not_asked_of_the_disk_again() {
    let folder = folder();
    let mut state = filled(folder.path(), 1);
    let entry = state.entries.values_mut().next().expect("there is one");
    entry.kind = Kind::Partial;
    let begun = entry.map.clone();
    // All of it is written, and a map takes less than a mebibyte.
    let made = state.make_room(folder.path(), QUOTA, Some(&disk(1024 + 1)), &begun);
    assert!(made.is_ok(), "{made:?}");
}

#[test]
fn a_disk_that_compresses_is_asked_for_no_more_than_is_still_to_be_written() {
    let folder = folder();
    let mut state = filled(folder.path(), 3);
    state.entries.values().for_each(compress);
    state.pins = state.entries.keys().copied().collect();
    let new = map(folder.path(), 9);
    let made = state.make_room(folder.path(), QUOTA, Some(&disk(1024 + 2)), &new);
    assert!(made.is_ok(), "{made:?}");
    assert_eq!(state.entries.len(), 3);
}

#[test]
fn what_others_still_have_to_write_is_not_given_away() {
    let folder = folder();
    let mut state = filled(folder.path(), 1);
    let begun = state.entries.values_mut().next().expect("there is one");
    begun.kind = Kind::Partial;
    compress(begun);
    let _fetch = begun.token.clone();
    let new = map(folder.path(), 9);
    let mut made = |available: u32| {
        let disk = disk(1024 + available);
        state.make_room(folder.path(), QUOTA, Some(&disk), &new)
    };
    let refused = made(2);
    assert!(
        matches!(refused, Err(StoreError::DiskReserved { .. })),
        "{refused:?}"
    );
    let made = made(3);
    assert!(made.is_ok(), "{made:?}");
}
