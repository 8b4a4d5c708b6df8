//! The model that the tests serve. Its key is made once per test process.

use lattice_testing::Served;
use std::sync::OnceLock;

/// The model of every test.
pub fn served() -> &'static Served {
    static SERVED: OnceLock<Served> = OnceLock::new();
    SERVED.get_or_init(|| Served::new(5, 5))
}
