//! Tests as sentences: `a_cancellation::gives_back_what_is_to_come_to_the_block`.

mod a_cancellation;
mod a_drawing;
mod a_period;
mod a_plan;
mod a_request;
mod a_subscription;
mod a_termination;
mod an_absence;
mod deadlines;
pub mod fixture;
mod history;
mod money;
mod reading;
