//! The folder of contents: who has to leave, and what is believed when it is opened.

use crate::{
    sources::{folder, open, random_bytes, source},
    swarm::{flip, get, stored, Swarm},
};
use lattice_p2p::transfer::{ContentId, FetchError, Store, StoreError, CHUNK_BYTES};
use lattice_tensor::{file, testing};
use prometheus::{Registry, TextEncoder};
use std::{fs, sync::Arc};

/// A chunk and its map.
const ROOM: u64 = CHUNK_BYTES as u64 + 200;

/// Fetches a file of one chunk, another for each seed.
async fn fetch(store: &Arc<Store>, seed: u64) -> Result<ContentId, FetchError> {
    let source = source("proving.key", &random_bytes(seed, CHUNK_BYTES));
    let mut swarm = Swarm::default();
    let peer = swarm.honest(&source.store);
    get(store, &Arc::new(swarm), source.content, &[peer]).await?;
    Ok(source.content)
}

#[tokio::test(flavor = "multi_thread")]
async fn remove_what_was_not_used_for_the_longest_time() {
    let folder = folder();
    let store = open(folder.path(), 2 * ROOM);
    let first = fetch(&store, 1).await.unwrap();
    let second = fetch(&store, 2).await.unwrap();
    assert!(store.hold(&first).is_some());
    let third = fetch(&store, 3).await.unwrap();
    assert!(store.hold(&second).is_none());
    let mut expected = [first, third];
    expected.sort_unstable();
    assert_eq!(store.contents(), expected);
    assert!(store.usage().bytes <= store.usage().quota);
    // Of what was removed nothing is left: a file and its map for each of the two.
    let files = fs::read_dir(folder.path().join("content")).unwrap();
    assert_eq!(files.count(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn show_prometheus_how_full_they_are() {
    let folder = folder();
    let store = open(folder.path(), 4 * ROOM);
    let registry = Registry::new();
    store.register(&registry).unwrap();
    fetch(&store, 1).await.unwrap();
    let shown = TextEncoder::new()
        .encode_to_string(&registry.gather())
        .unwrap();
    let bytes = store.usage().bytes;
    assert!(bytes > CHUNK_BYTES as u64);
    let line = format!("lattice_p2p_store_bytes {bytes}");
    assert!(shown.lines().any(|shown| shown == line), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keep_what_is_pinned_or_held() {
    let folder = folder();
    let store = open(folder.path(), 2 * ROOM);
    let pinned = fetch(&store, 1).await.unwrap();
    let held = fetch(&store, 2).await.unwrap();
    store.pin(pinned);
    let guard = store.hold(&held).expect("it is there");
    let refused = fetch(&store, 3).await;
    let Err(FetchError::Store {
        source: StoreError::QuotaExceeded { quota, kept, .. },
        ..
    }) = refused
    else {
        panic!("{refused:?}");
    };
    assert_eq!(quota, 2 * ROOM);
    assert!(kept > 2 * CHUNK_BYTES as u64 && kept <= quota);
    assert!(guard.path().is_file());

    drop(guard);
    let third = fetch(&store, 3).await.unwrap();
    assert!(store.hold(&held).is_none() && store.hold(&pinned).is_some());
    store.unpin(&pinned);
    store.pin(third);
    fetch(&store, 4).await.unwrap();
    assert!(store.hold(&pinned).is_none() && store.hold(&third).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn remove_nothing_for_a_content_that_would_not_fit_anyway() {
    let folder = folder();
    let store = open(folder.path(), 2 * ROOM);
    let first = fetch(&store, 1).await.unwrap();
    let large = source("proving.key", &random_bytes(9, 3 * CHUNK_BYTES));
    let mut swarm = Swarm::default();
    let peer = swarm.honest(&large.store);
    let refused = get(&store, &Arc::new(swarm), large.content, &[peer]).await;
    assert!(matches!(refused, Err(FetchError::Store { .. })));
    assert_eq!(store.contents(), [first]);
}

#[tokio::test(flavor = "multi_thread")]
async fn make_a_lost_map_anew_from_the_file() {
    let folder = folder();
    let store = open(folder.path(), 2 * ROOM);
    let content = fetch(&store, 1).await.unwrap();
    drop(store);
    let map = stored(folder.path(), "map").expect("it has a map");
    let before = fs::read(&map).unwrap();
    fs::remove_file(&map).unwrap();
    let store = open(folder.path(), 2 * ROOM);
    assert_eq!(store.contents(), [content]);
    assert_eq!(fs::read(&map).unwrap(), before);
    drop(store);
    flip(&map, 60);
    let store = open(folder.path(), 2 * ROOM);
    assert_eq!(store.contents(), [content]);
    assert_eq!(fs::read(&map).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn move_aside_what_is_not_theirs() {
    let folder = folder();
    let content = folder.path().join("content");
    fs::create_dir_all(content.join("a-folder")).unwrap();
    fs::write(content.join("notes.txt"), "mine").unwrap();
    fs::write(content.join("half.tmp"), "half").unwrap();
    let store = open(folder.path(), ROOM);
    assert!(store.contents().is_empty());
    assert_eq!(fs::read_dir(&content).unwrap().count(), 0);
    let aside = folder.path().join("aside");
    assert_eq!(fs::read(aside.join("notes.txt")).unwrap(), b"mine");
    assert!(aside.join("a-folder").is_dir());
}

mod refuse {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_second_process_by_name() {
        let folder = folder();
        let _store = open(folder.path(), ROOM);
        let second = Store::open(folder.path(), ROOM);
        assert!(matches!(second, Err(StoreError::InUse(path)) if path == folder.path()));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn files_that_were_cut_or_changed_without_a_map_to_know_it_by() {
        for harm in 0..3 {
            let folder = folder();
            let store = open(folder.path(), 2 * ROOM);
            fetch(&store, 1).await.unwrap();
            drop(store);
            let (map, file) = (stored(folder.path(), "map"), stored(folder.path(), "blob"));
            let (map, file) = (map.expect("a map"), file.expect("a file"));
            if harm == 0 {
                let bytes = fs::read(&file).unwrap();
                fs::write(&file, &bytes[1..]).unwrap();
            } else if harm == 1 {
                flip(&file, 0);
                fs::remove_file(&map).unwrap();
            } else {
                fs::remove_file(&file).unwrap();
            }
            let store = open(folder.path(), 2 * ROOM);
            assert!(store.contents().is_empty(), "harm {harm}");
            assert_eq!(store.usage().bytes, 0);
            let left = fs::read_dir(folder.path().join("content")).unwrap();
            assert_eq!(left.count(), 0, "harm {harm}");
        }
    }

    #[test]
    fn to_adopt_a_model_whose_weights_are_not_its_own() {
        let folder = folder();
        let store = open(&folder.path().join("store"), ROOM);
        let path = folder.path().join("m.lattice");
        let mut bytes = file::to_bytes(&testing::random_graph(3)).unwrap();
        fs::write(&path, &bytes).unwrap();
        assert!(store.adopt(&path).is_ok());
        if let Some(last) = bytes.last_mut() {
            *last ^= 1;
        }
        fs::write(&path, &bytes).unwrap();
        let refused = store.adopt(&path);
        assert!(matches!(refused, Err(StoreError::NoContent { path: found, .. }) if found == path));
        fs::write(&path, b"not a model at all").unwrap();
        let refused = store.adopt(&path);
        assert!(matches!(refused, Err(StoreError::NoModel { .. })));
        let missing = store.adopt(folder.path().join("absent.key"));
        assert!(matches!(missing, Err(StoreError::Io { .. })));
    }
}
