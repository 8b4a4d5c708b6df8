//! Tests as sentences: `a_voucher::of_another_channel_is_refused`.

mod a_closing;
mod a_redemption;
mod a_top_up;
mod a_voucher;
mod an_opening;
mod history;
mod money;
mod reading;
