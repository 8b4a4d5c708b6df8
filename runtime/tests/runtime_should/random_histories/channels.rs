//! Histories of payment channels: opened, topped up, redeemed with vouchers that are good or not, and
//! closed by either side.

use super::History;
use lattice_primitives::Voucher;
use lattice_runtime::{PaymentChannels, Runtime, RuntimeCall, RuntimeOrigin, System};
use sp_keyring::Sr25519Keyring;
use sp_runtime::MultiSignature;

impl History {
    pub(super) fn of_channels(&mut self) -> RuntimeCall {
        use pallet_payment_channels::Call;
        let channel = u64::from(self.below(6));
        RuntimeCall::PaymentChannels(match self.below(5) {
            0 | 1 => Call::open {
                model: 0,
                provider: self.account(),
                deposit: self.amount(),
                max_unit_price: self.amount(),
            },
            2 => Call::top_up {
                channel,
                amount: self.amount(),
            },
            3 => Call::close { channel },
            _ => Call::withdraw { channel },
        })
    }

    /// Providers redeem vouchers, for what is in the channel or more, signed by its payer or not.
    pub(super) fn redeem(&mut self) {
        let open: Vec<_> = pallet_payment_channels::Channels::<Runtime>::iter().collect();
        for (id, channel) in open {
            let cumulative = match self.below(4) {
                0 => self.amount(),
                _ => channel.redeemed + channel.left() / 2,
            };
            let genesis = System::block_hash(0);
            let voucher = Voucher::new(genesis, id, channel.provider.clone(), cumulative);
            let signer = match self.below(5) {
                0 => Sr25519Keyring::Ferdie,
                _ => Sr25519Keyring::from_account_id(&channel.payer).expect("all are of it"),
            };
            let signature = MultiSignature::Sr25519(signer.sign(&voucher.bytes()));
            let origin = RuntimeOrigin::signed(channel.provider);
            let _ = PaymentChannels::redeem(origin, id, cumulative, signature);
        }
    }
}
