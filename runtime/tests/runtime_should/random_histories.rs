//! Random histories over all pallets together: whatever is called by whomever in whatever order, every
//! pallet's invariants hold and no token is made.

mod channels;
mod money;
mod private;
mod tiers;

use crate::fixture::{endow, give_context, provide, Fixture, MANIFEST};
use frame_support::traits::OnPoll;
use frame_support::weights::{Weight, WeightMeter};
use frame_support::{BoundedVec, Parameter};
use lattice_primitives::{
    Ending, Hardware, Offer, Preference, Pricing, RequestId, RequestOptions, Selection, Setup,
    Verification,
};
use lattice_runtime::configs::lattice::TreasuryAccount;
use lattice_runtime::{
    AccountId, AiPrograms, AllPalletsWithSystem, Balance, Balances, Ceremonies, ComputeProviders,
    Inference, ModelRegistry, PaymentChannels, Runtime, RuntimeCall, RuntimeGenesisConfig,
    RuntimeOrigin, System, UNIT,
};
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use sp_core::H256;
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring;
use sp_runtime::traits::Dispatchable;
use sp_runtime::BuildStorage;
use std::collections::hash_map::RandomState;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher};
use std::time::{Duration, Instant};

struct History {
    rng: ChaCha20Rng,
    fixture: Fixture,
    traced: tiers::Traced,
    accounts: Vec<AccountId>,
}

impl History {
    fn below(&mut self, bound: u32) -> u32 {
        self.rng.next_u32() % bound
    }

    fn amount(&mut self) -> Balance {
        match self.below(8) {
            0 => 0,
            1 => Balance::MAX,
            _ => Balance::from(self.rng.next_u64()) % (500 * UNIT),
        }
    }

    fn pick<T: Parameter>(&mut self, of: &[T]) -> T {
        let position = self.below(u32::try_from(of.len()).expect("few"));
        of[position as usize].clone()
    }

    fn account(&mut self) -> AccountId {
        let accounts = self.accounts.clone();
        self.pick(&accounts)
    }

    /// An open request, or a number that none has.
    fn request(&mut self) -> RequestId {
        let open: Vec<RequestId> = pallet_inference::Requests::<Runtime>::iter_keys().collect();
        match open.len() {
            0 => 4_711,
            _ => self.pick(&open),
        }
    }

    fn options(&mut self) -> RequestOptions<AccountId, u32> {
        let preference = match self.below(4) {
            0 => Preference::Prefer(self.account()),
            1 => Preference::Only(self.account()),
            _ => Preference::Best,
        };
        let excluded = match self.below(4) {
            0 => vec![self.account()],
            _ => Vec::new(),
        };
        RequestOptions {
            selection: Selection {
                preference,
                excluded: excluded.try_into().expect("few enough"),
            },
            attempts: [1, 1, 2, 3, 3, 3, 9][self.below(7) as usize],
            accept_within: (self.below(2) == 0).then(|| 2 + self.below(4)),
            subscription: (self.below(8) == 0).then(|| u64::from(self.below(6))),
        }
    }

    fn of_the_registry(&mut self) -> RuntimeCall {
        use pallet_model_registry::Call;
        let model = self.below(3);
        RuntimeCall::ModelRegistry(match self.below(6) {
            0 => Call::register {
                name: BoundedVec::truncate_from(b"another".to_vec()),
                version: self.below(3),
                manifest: BoundedVec::truncate_from(MANIFEST.to_vec()),
                requirements: Default::default(),
                pricing: Pricing {
                    royalty: self.amount(),
                },
                parent: (self.below(2) == 0).then_some(model),
            },
            1 => Call::register_key {
                model,
                verifying_key: BoundedVec::truncate_from(self.fixture.verifying_key.clone()),
                setup: Setup::Dev,
                circuit_version: lattice_host::CIRCUIT_VERSION,
                phase1_id: H256::zero(),
                proving_key_hash: H256::zero(),
            },
            2 => Call::update_pricing {
                model,
                pricing: Pricing {
                    royalty: self.amount() / 1_000,
                },
            },
            3 => Call::transfer {
                model,
                new_owner: self.account().into(),
            },
            4 => Call::upload_chunk {
                model,
                index: self.below(2),
                bytes: BoundedVec::truncate_from(vec![7; 100]),
            },
            _ => Call::clear_chunks { model },
        })
    }

    fn of_the_providers(&mut self) -> RuntimeCall {
        use pallet_compute_providers::Call;
        RuntimeCall::ComputeProviders(match self.below(12) {
            0 | 1 => Call::register {
                stake: self.amount(),
                hardware: Hardware::default(),
                endpoints: Default::default(),
                capacity: self.below(10),
            },
            2 => Call::top_up {
                amount: self.amount(),
            },
            3 => Call::unbond {
                amount: self.amount(),
            },
            4 => Call::withdraw_unbonded {},
            6 => Call::set_offer_with {
                model: self.below(3),
                offer: Offer::in_every_tier(self.amount() / 100, self.below(4)),
            },
            5 => Call::set_offer {
                model: self.below(3),
                price: self.amount() / 100,
                min_deadline: self.below(4),
            },
            7 => Call::remove_offer {
                model: self.below(3),
            },
            8 => Call::heartbeat {},
            9 if self.below(3) == 0 => Call::deregister {},
            10 => Call::update_profile {
                hardware: Hardware::default(),
                endpoints: Default::default(),
                capacity: self.below(70),
            },
            _ => Call::set_paused {
                paused: self.below(3) == 0,
            },
        })
    }

    fn of_inference(&mut self) -> RuntimeCall {
        use pallet_inference::Call;
        RuntimeCall::Inference(match self.below(8) {
            6 | 7 => {
                let verification = self.tier();
                Call::request_inference_with {
                    model: tiers::MODEL,
                    input: BoundedVec::truncate_from(self.traced.input.clone()),
                    max_price: self.amount(),
                    deadline: 1 + self.below(6),
                    verification,
                    options: self.options_of(verification),
                }
            }
            0..=2 => Call::request_inference_with {
                model: self.below(5) / 4,
                input: BoundedVec::truncate_from(self.fixture.input.clone()),
                max_price: self.amount(),
                deadline: self.below(12),
                verification: match self.below(6) {
                    0 => Verification::Direct,
                    _ => Verification::Proven,
                },
                options: self.options(),
            },
            3 => Call::expire {
                request: self.request(),
            },
            4 => Call::accept {
                request: self.request(),
            },
            _ => Call::cancel {
                request: self.request(),
            },
        })
    }

    fn of_programs_and_others(&mut self) -> RuntimeCall {
        match self.below(4) {
            0 => RuntimeCall::AiPrograms(pallet_ai_programs::Call::execute {
                bytecode: BoundedVec::truncate_from(self.rng.next_u64().to_le_bytes().to_vec()),
                gas_limit: self.rng.next_u64() % 1_000_000_000,
                models: BoundedVec::truncate_from(vec![self.below(3)]),
                verifying_keys: Default::default(),
                keep_states: self.below(2) == 0,
            }),
            1 => RuntimeCall::Ceremonies(pallet_ceremonies::Call::finalize {
                ceremony: self.below(2).into(),
                proving_key_hash: H256::zero(),
            }),
            _ => RuntimeCall::Balances(pallet_balances::Call::transfer_allow_death {
                dest: self.account().into(),
                value: self.amount(),
            }),
        }
    }

    /// The results of a provider's open requests, each true or not, alone or together.
    fn submit(&mut self) {
        let open: Vec<_> = pallet_inference::Requests::<Runtime>::iter().collect();
        let Some((_, first)) = open.first() else {
            return;
        };
        let who = first.provider.clone();
        let mut results = Vec::new();
        for (id, request) in open {
            if request.provider == who && request.model == 0 && results.len() < 8 {
                give_context(id);
                let mut result = self.fixture.result(id);
                if self.below(3) == 0 {
                    result.output[0] ^= 1;
                }
                results.push(result);
            }
        }
        let origin = RuntimeOrigin::signed(who);
        if self.below(2) == 0 {
            let _ = Inference::submit_results(origin, BoundedVec::truncate_from(results));
        } else {
            for result in results {
                let _ = Inference::submit_result(
                    origin.clone(),
                    result.request,
                    result.context,
                    result.output,
                    result.proof,
                );
            }
        }
    }

    /// What a block does by itself: all that is due, or as far as a full block has room, and what
    /// anybody has it do for one that is due.
    fn work_off(&mut self, now: u32) {
        let mut meter = match self.below(3) {
            0 => WeightMeter::with_limit(Weight::from_parts(
                u64::from(self.below(5)) * 1_000_000_000,
                u64::MAX,
            )),
            _ => WeightMeter::new(),
        };
        AllPalletsWithSystem::on_poll(now, &mut meter);
        if self.below(3) == 0 {
            self.hasten();
        }
    }

    fn step(&mut self) {
        let call = match self.below(26) {
            16..=18 => return self.play_tiers(),
            24 | 25 => return self.play_private(),
            19 => self.of_subscriptions(),
            20 => self.of_channels(),
            21 => return self.redeem(),
            0 | 1 => self.of_the_registry(),
            2..=5 => self.of_the_providers(),
            6..=9 => self.of_inference(),
            10 => self.of_programs_and_others(),
            11 => {
                let first = pallet_compute_providers::FirstSlash::<Runtime>::get();
                let _ = ComputeProviders::veto_slash(RuntimeOrigin::root(), first);
                return;
            }
            12 | 13 => return self.submit(),
            _ => {
                let hours = self.below(40) == 0;
                let now = System::block_number() + if hours { 1_300 } else { self.below(3) };
                System::set_block_number(now);
                self.work_off(now);
                if hours {
                    // Else everybody is offline for long, and little happens.
                    for account in self.accounts.clone() {
                        let _ = ComputeProviders::heartbeat(RuntimeOrigin::signed(account));
                    }
                }
                return;
            }
        };
        // Refusals are part of the history.
        let caller = self.caller(&call);
        let _ = call.dispatch(RuntimeOrigin::signed(caller));
    }

    /// Anybody, but half of the time who may, where it is one of six.
    fn caller(&mut self, call: &RuntimeCall) -> AccountId {
        use pallet_inference::{Call, Requests};
        let may = match call {
            RuntimeCall::Inference(Call::accept { request }) => {
                Requests::<Runtime>::get(request).map(|open| open.provider)
            }
            RuntimeCall::Inference(Call::cancel { request }) => {
                Requests::<Runtime>::get(request).map(|open| open.requester)
            }
            _ => None,
        };
        match may {
            Some(account) if self.below(2) == 0 => account,
            _ => self.account(),
        }
    }
}

/// What every pallet says of itself, and all balances together.
fn check() {
    for (pallet, checked) in [
        ("model registry", ModelRegistry::check_invariants()),
        ("providers", ComputeProviders::check_invariants()),
        ("inference", Inference::check_invariants()),
        ("programs", AiPrograms::check_invariants()),
        ("ceremonies", Ceremonies::check_invariants()),
        ("channels", PaymentChannels::check_invariants()),
    ] {
        assert_eq!(checked, Ok(()), "{pallet}");
    }
    History::check_tiers();
    History::check_private();
    money::check();
    let accounts = frame_system::Account::<Runtime>::iter_values();
    let all: Balance = accounts
        .map(|account| account.data.free + account.data.reserved)
        .sum();
    assert_eq!(all, Balances::total_issuance());
}

/// How often each ending occurs in the history of a seed.
fn play(seed: u64, steps: u32) -> BTreeMap<String, u32> {
    let mut genesis = RuntimeGenesisConfig::default();
    genesis.ceremonies.allow_dev_setup = true;
    let storage = genesis.build_storage().expect("the genesis builds");
    let mut endings = BTreeMap::new();
    TestExternalities::new(storage).execute_with(|| {
        System::set_block_number(1);
        let accounts: Vec<AccountId> = Sr25519Keyring::iter()
            .take(6)
            .map(|key| key.to_account_id())
            .collect();
        for account in accounts.iter().chain([&TreasuryAccount::get()]) {
            endow(account);
        }
        let mut history = History {
            rng: ChaCha20Rng::seed_from_u64(seed),
            fixture: Fixture::new(),
            traced: tiers::Traced::new(),
            accounts,
        };
        history.fixture.register(&history.accounts[0]);
        for provider in &history.accounts[1..4] {
            provide(provider, 1_000 * UNIT, 8);
        }
        history
            .traced
            .register(&history.accounts[0], &history.accounts[1..4]);
        money::burnt();
        let mut issuance = Balances::total_issuance();
        for _ in 0..steps {
            history.step();
            check();
            // Nothing is made, and nothing is gone that was not burnt.
            issuance -= money::burnt();
            assert_eq!(Balances::total_issuance(), issuance);
        }
        for record in pallet_inference::Records::<Runtime>::iter_values() {
            *endings.entry(format!("{:?}", record.ending)).or_default() += 1;
        }
    });
    endings
}

#[test]
fn keep_every_invariant_after_every_step() {
    let mut all = BTreeMap::<String, u32>::new();
    for seed in 0..4 {
        for (ending, count) in play(seed, 2_500) {
            *all.entry(ending).or_default() += count;
        }
    }
    for ending in Ending::ALL {
        let name = format!("{ending:?}");
        assert!(all.contains_key(&name), "{name} never occurs: {all:?}");
    }
}

/// The same from ever new seeds, for `LATTICE_FUZZ_SECONDS` (a minute); the one that fails is printed.
#[test]
#[ignore = "takes as long as it is told to"]
fn keep_every_invariant_for_as_long_as_is_asked() {
    let seconds = std::env::var("LATTICE_FUZZ_SECONDS");
    let seconds = seconds.map_or(60, |text| text.parse().expect("a number of seconds"));
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut seed = RandomState::new().build_hasher().finish();
    while Instant::now() < end {
        println!("seed {seed}");
        play(seed, 3_000);
        seed = seed.wrapping_add(1);
    }
}
