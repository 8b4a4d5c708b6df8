//! `lattice hardware bench`

use super::matmul::{self, Product};
use super::profile::{DeviceFigures, Profile};
use super::proving::{self, Proofs};
use crate::output::{fields, table, Output};
use crate::progress;
use clap::Args;
use lattice_executor::Device;
use lattice_hardware::Machine;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

const AFTER_HELP: &str = "\
Products go through the executor as inferences do: exact, conversions and checks included. Proofs are
those of perceptrons with random weights, under keys made on the fly and forgotten; they use all
threads of this process. Measure a machine that does nothing else.

The figures are kept in a file, for `lattice hardware recommend`. A further device is added to those of
the same machine and version; --device cpu measures the proofs, too.

Examples:
  lattice hardware bench
  lattice hardware bench --device cuda:0";

/// Sides of the matrices.
const SIZES: [u32; 5] = [128, 256, 512, 1_024, 2_048];
/// Those of a quick look.
const QUICK_SIZES: [u32; 2] = [128, 512];
/// Inputs at once: one, and as many as wait on a busy provider.
const BATCHES: [u32; 2] = [1, 32];
/// The perceptrons that are proven, from the smallest circuit to the largest. The last is large enough
/// for range checks by lookups.
const PERCEPTRONS: [&[u32]; 3] = [&[64, 32, 10], &[784, 128, 10], &[784, 1_024, 512, 10]];
/// Those of a quick look.
const QUICK_PERCEPTRONS: usize = 1;
/// Proofs of each.
const PROOFS: usize = 7;
/// Those of a quick look.
const QUICK_PROOFS: usize = 2;
/// Time for one product.
const PRODUCT_TIME: Duration = Duration::from_millis(400);
/// That of a quick look.
const QUICK_PRODUCT_TIME: Duration = Duration::from_millis(20);

/// Measure integer matrix products and proofs, and keep the figures.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Bench {
    /// Device for the products: cpu, cuda:N or wgpu:N.
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: Device,
    /// File for the figures [default: hardware.json in $XDG_DATA_HOME/lattice or
    /// ~/.local/share/lattice].
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Measure less, for seconds: good for trying the command, and for rough figures.
    #[arg(long)]
    pub quick: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Measured<'a> {
    file: &'a Path,
    device: &'a str,
    products: &'a [Product],
    proving: &'a [Proofs],
}

impl Bench {
    pub fn run(self, output: &Output) -> anyhow::Result<()> {
        let path = match &self.save {
            Some(path) => path.clone(),
            None => Profile::default_path()?,
        };
        let machine = Machine::detect(path.parent().unwrap_or(Path::new("")));
        let mut profile = match Profile::read(&path)? {
            Some(profile) if profile.is_of(&machine) => profile,
            // Figures of another machine or version say nothing of this one.
            _ => Profile::new(machine.clone()),
        };
        profile.machine = machine;
        let figures = DeviceFigures {
            device: self.device.to_string(),
            products: self.products()?,
        };
        let on_processor = self.device == Device::Cpu;
        if on_processor || profile.proving.is_empty() {
            profile.proving = self.proofs()?;
        }
        profile.put(figures.clone());
        profile.write(&path)?;
        let measured = Measured {
            file: &path,
            device: &figures.device,
            products: &figures.products,
            proving: &profile.proving,
        };
        output.show(&measured, || describe(&measured))
    }

    fn products(&self) -> anyhow::Result<Vec<Product>> {
        let (sizes, least) = match self.quick {
            true => (&QUICK_SIZES[..], QUICK_PRODUCT_TIME),
            false => (&SIZES[..], PRODUCT_TIME),
        };
        let bar = progress::bar("products", (sizes.len() * BATCHES.len()) as u64);
        let mut products = Vec::new();
        for &size in sizes {
            for batch in BATCHES {
                products.push(matmul::measure(self.device, size, batch, least, &bar)?);
            }
        }
        bar.finish_and_clear();
        Ok(products)
    }

    fn proofs(&self) -> anyhow::Result<Vec<Proofs>> {
        let (perceptrons, proofs) = match self.quick {
            true => (&PERCEPTRONS[..QUICK_PERCEPTRONS], QUICK_PROOFS),
            false => (&PERCEPTRONS[..], PROOFS),
        };
        let bar = progress::bar("proofs", 2 * perceptrons.len() as u64);
        let measured = perceptrons
            .iter()
            .map(|layers| proving::measure(layers, proofs, &bar))
            .collect::<anyhow::Result<Vec<_>>>()?;
        bar.finish_and_clear();
        Ok(measured)
    }
}

fn describe(measured: &Measured) -> String {
    let products: Vec<Vec<String>> = measured
        .products
        .iter()
        .map(|product| {
            vec![
                format!("{0} x {0}", product.size),
                product.batch.to_string(),
                format!("{:.1} µs", product.seconds * 1e6),
                format!("{:.2}", product.operations_per_second / 1e9),
            ]
        })
        .collect();
    let proofs: Vec<Vec<String>> = measured
        .proving
        .iter()
        .map(|proofs| {
            let layers: Vec<String> = proofs.layers.iter().map(u32::to_string).collect();
            vec![
                layers.join("-"),
                proofs.constraints.to_string(),
                format!("{:.1} ms", proofs.prove_seconds * 1e3),
                format!("{:.0}", proofs.constraints_per_second / 1e3),
                format!("{:.2} s", proofs.prepare_seconds),
                format!("{:.2} s", proofs.setup_seconds),
                format!("{} KiB", proofs.key_kib),
                format!("{} MiB", proofs.peak_mib),
            ]
        })
        .collect();
    format!(
        "{}\n{}\n{}",
        fields(&[
            ("device", measured.device.to_owned()),
            ("written", measured.file.display().to_string()),
        ]),
        table(&["product", "batch", "time", "10^9 op/s"], &products),
        table(
            &[
                "proof",
                "constraints",
                "time",
                "10^3 rows/s",
                "prepare",
                "keys",
                "key file",
                "memory",
            ],
            &proofs,
        )
    )
}
