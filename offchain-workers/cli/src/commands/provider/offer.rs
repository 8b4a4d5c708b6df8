//! `lattice provider offer` and `lattice provider remove-offer`

use super::{submit, Signed};
use crate::args::ModelRef;
use crate::output::Output;
use anyhow::{bail, Context};
use clap::{ArgGroup, Args};
use lattice_chain_client::{
    parse_balance, Balance, BlockNumber, Call, Offer as Terms, OptimisticOffer, UNIT,
};

/// The shortest deadline of an offer that says none, in blocks.
const MIN_DEADLINE: BlockNumber = 3;
/// The longest window for challenges of an optimistic offer that says none, in blocks.
const MAX_WINDOW: BlockNumber = 1_200;
/// The highest bond of an optimistic offer that says none, in planck.
const MAX_BOND: Balance = 100 * UNIT;

const OFFER_HELP: &str = "\
What is not named stays as the present offer for the model says, if there is one. A new offer needs a price;
it is for proven inferences alone, unless it names the other tiers.

Examples:
  lattice provider offer --model 0 --price 0.05 --replicated 0.03 --key-file key
  lattice provider offer --model 0 --price 0.06 --key-file key
  lattice provider offer --model 0 --no-replicated --any-capacity --key-file key";

/// Offer a model at a price, or change the offer.
#[derive(Debug, Args)]
#[command(after_help = OFFER_HELP)]
#[command(group(
    ArgGroup::new("change")
        .required(true)
        .multiple(true)
        .args([
            "price",
            "per_million_gas",
            "capacity",
            "any_capacity",
            "resident",
            "not_resident",
            "replicated",
            "no_replicated",
            "optimistic",
            "no_optimistic",
            "max_window",
            "max_bond",
            "min_deadline",
        ])
))]
pub struct Offer {
    /// Index of the registration, or 0x model hash.
    #[arg(long, value_name = "ID")]
    pub model: ModelRef,
    /// Price per inference, in LAT; royalty and fee come on top. Only a new offer must name it.
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub price: Option<Balance>,
    /// Added for every million gas of one execution of the model, in LAT; `lattice model show` says how
    /// much that is [default of a new offer: 0].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub per_million_gas: Option<Balance>,
    /// Assignments of this model at the same time [default of a new offer: as many as there are slots].
    #[arg(long, value_name = "N")]
    pub capacity: Option<u32>,
    /// As many assignments of this model as there are slots.
    #[arg(long, conflicts_with = "capacity")]
    pub any_capacity: bool,
    /// The model is in memory. A worker that serves it says so when it starts.
    #[arg(long)]
    pub resident: bool,
    /// The model is not in memory.
    #[arg(long, conflicts_with = "resident")]
    pub not_resident: bool,
    /// Price per inference as one of several replicas, in LAT [default of a new offer: it is none].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub replicated: Option<Balance>,
    /// Be no replica.
    #[arg(long, conflicts_with = "replicated")]
    pub no_replicated: bool,
    /// Price per optimistic inference, in LAT [default of a new offer: it takes none].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub optimistic: Option<Balance>,
    /// Take no optimistic requests.
    #[arg(long, conflicts_with_all = ["optimistic", "max_window", "max_bond"])]
    pub no_optimistic: bool,
    /// Of optimistic requests: longest window for challenges, in blocks [default at first: 1200].
    #[arg(long, value_name = "BLOCKS")]
    pub max_window: Option<BlockNumber>,
    /// Of optimistic requests: highest bond to stake on a result, in LAT [default at first: 100].
    #[arg(long, value_name = "AMOUNT", value_parser = parse_balance)]
    pub max_bond: Option<Balance>,
    /// Shortest deadline to accept, in blocks [default of a new offer: 3].
    #[arg(long, value_name = "BLOCKS")]
    pub min_deadline: Option<BlockNumber>,
    #[command(flatten)]
    pub signed: Signed,
}

/// Take no more requests for a model.
#[derive(Debug, Args)]
pub struct RemoveOffer {
    /// Index of the registration, or 0x model hash.
    #[arg(long, value_name = "ID")]
    pub model: ModelRef,
    #[command(flatten)]
    pub signed: Signed,
}

impl Offer {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let signer = self.signed.signer.signer()?;
        let client = self.signed.chain.connect().await?;
        let model = self.model.find(&client).await?.index;
        let provider = client.best().provider(&signer.account()).await?;
        let now = provider.and_then(|provider| {
            let mut offers = provider.offers.into_iter();
            offers.find_map(|(offered, offer)| (offered == model).then_some(offer))
        });
        let offer = self.terms(now)?;
        let call = Call::SetOffer { model, offer };
        submit(output, &client, &signer, &call).await
    }

    /// What is named, over the offer that there is now: the chain takes offers as a whole.
    fn terms(&self, now: Option<Terms>) -> anyhow::Result<Terms> {
        let now = match (now, self.price) {
            (Some(now), _) => now,
            (None, Some(price)) => Terms::per_inference(price, MIN_DEADLINE),
            (None, None) => bail!("there is no offer for this model yet, so name its --price"),
        };
        Ok(Terms {
            price: self.price.unwrap_or(now.price),
            per_million_gas: self.per_million_gas.unwrap_or(now.per_million_gas),
            min_deadline: self.min_deadline.unwrap_or(now.min_deadline),
            capacity: match self.any_capacity {
                true => None,
                false => self.capacity.or(now.capacity),
            },
            resident: self.resident || (now.resident && !self.not_resident),
            optimistic: self.optimistic_terms(now.optimistic)?,
            replicated: match self.no_replicated {
                true => None,
                false => self.replicated.or(now.replicated),
            },
        })
    }

    fn optimistic_terms(
        &self,
        now: Option<OptimisticOffer>,
    ) -> anyhow::Result<Option<OptimisticOffer>> {
        let is_named =
            self.optimistic.is_some() || self.max_window.is_some() || self.max_bond.is_some();
        if self.no_optimistic {
            return Ok(None);
        }
        if !is_named {
            return Ok(now);
        }
        let price = self.optimistic.or(now.map(|now| now.price));
        Ok(Some(OptimisticOffer {
            price: price
                .context("the offer takes no optimistic requests yet, so name --optimistic too")?,
            max_window: self
                .max_window
                .unwrap_or(now.map_or(MAX_WINDOW, |now| now.max_window)),
            max_bond: self
                .max_bond
                .unwrap_or(now.map_or(MAX_BOND, |now| now.max_bond)),
        }))
    }
}

impl RemoveOffer {
    pub async fn run(self, output: &Output) -> anyhow::Result<()> {
        let client = self.signed.chain.connect().await?;
        let model = self.model.find(&client).await?.index;
        self.signed
            .submit(output, &Call::RemoveOffer { model })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        offer: Offer,
    }

    /// One with everything that an offer may have.
    const NOW: Terms = Terms {
        price: 5,
        per_million_gas: 6,
        min_deadline: 7,
        capacity: Some(8),
        resident: true,
        optimistic: Some(OptimisticOffer {
            price: 9,
            max_window: 10,
            max_bond: 11,
        }),
        replicated: Some(12),
    };

    fn terms(arguments: &str, now: Option<Terms>) -> anyhow::Result<Terms> {
        let line = format!("offer --model 0 {arguments}");
        let line = Line::try_parse_from(line.split(' '))?;
        line.offer.terms(now)
    }

    fn changed(arguments: &str) -> Terms {
        terms(arguments, Some(NOW)).expect("an offer")
    }

    #[test]
    fn what_is_not_named_stays() {
        let dearer = Terms { price: UNIT, ..NOW };
        assert_eq!(changed("--price 1"), dearer);
        let narrower = Terms {
            capacity: Some(1),
            min_deadline: 20,
            ..NOW
        };
        assert_eq!(changed("--capacity 1 --min-deadline 20"), narrower);
        let bolder = Terms {
            optimistic: NOW.optimistic.map(|now| OptimisticOffer {
                max_bond: 2 * UNIT,
                ..now
            }),
            ..NOW
        };
        assert_eq!(changed("--max-bond 2"), bolder);
    }

    #[test]
    fn what_is_to_go_is_named_too() {
        let bare = Terms {
            capacity: None,
            resident: false,
            optimistic: None,
            replicated: None,
            ..NOW
        };
        let all = "--any-capacity --not-resident --no-optimistic --no-replicated";
        assert_eq!(changed(all), bare);
    }

    #[test]
    fn a_new_offer_is_for_proven_inferences_unless_it_says_more() {
        let plain = terms("--price 1", None).expect("an offer");
        assert_eq!(plain, Terms::per_inference(UNIT, MIN_DEADLINE));
        let more = terms("--price 1 --optimistic 2 --resident", None).expect("an offer");
        let expected = Terms {
            resident: true,
            optimistic: Some(OptimisticOffer {
                price: 2 * UNIT,
                max_window: MAX_WINDOW,
                max_bond: MAX_BOND,
            }),
            ..plain
        };
        assert_eq!(more, expected);
    }

    mod refuses {
        use super::*;

        #[test]
        fn a_new_offer_without_a_price() {
            let error = terms("--capacity 3", None).expect_err("it has none");
            assert!(error.to_string().contains("--price"), "{error}");
        }

        #[test]
        fn limits_of_a_tier_that_is_not_offered() {
            let error = terms("--price 1 --max-bond 2", None).expect_err("it has none");
            assert!(error.to_string().contains("--optimistic"), "{error}");
        }

        #[test]
        fn contradictions_and_nothing_to_change() {
            for arguments in [
                "--dev-seed //Bob",
                "--replicated 1 --no-replicated",
                "--max-window 5 --no-optimistic",
                "--resident --not-resident",
            ] {
                assert!(terms(arguments, Some(NOW)).is_err(), "{arguments}");
            }
        }
    }
}
