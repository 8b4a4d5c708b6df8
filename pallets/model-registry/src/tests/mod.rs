//! Tests as sentences: `a_registration::is_what_its_manifest_says`.

mod a_key;
mod a_registration;
mod history;
mod ownership;
mod the_list;
