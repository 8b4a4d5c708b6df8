//! The generated twins of two generic types, which subxt cannot substitute.

use crate::{
    generated::runtime_types::lattice_primitives::{execution, model},
    Balance, Price, Pricing,
};

impl From<execution::Price<Balance>> for Price<Balance> {
    fn from(price: execution::Price<Balance>) -> Self {
        let execution::Price {
            compute,
            royalty,
            fee,
        } = price;
        Self {
            compute,
            royalty,
            fee,
        }
    }
}

impl From<model::Pricing<Balance>> for Pricing<Balance> {
    fn from(pricing: model::Pricing<Balance>) -> Self {
        let model::Pricing { royalty } = pricing;
        Self { royalty }
    }
}

impl From<Pricing<Balance>> for model::Pricing<Balance> {
    fn from(pricing: Pricing<Balance>) -> Self {
        let Pricing { royalty } = pricing;
        Self { royalty }
    }
}
