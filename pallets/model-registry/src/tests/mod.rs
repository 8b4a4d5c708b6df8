//! Tests as sentences: `a_registration::is_what_its_manifest_says`.

mod a_key;
mod a_registration;
mod a_trained_state;
mod chunks;
mod history;
mod ownership;
mod stored_bytes;
mod the_list;
mod training;
