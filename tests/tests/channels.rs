//! A payment channel on a real chain: by the `lattice` command and a worker with a gateway.

#[path = "channels/lossy.rs"]
mod lossy;
#[path = "channels/scene.rs"]
mod scene;

use anyhow::{Context, Result};
use lattice_chain_client::{ChannelId, Event};
use lattice_tests::stage::{PROVIDER, REQUESTER};
use scene::{Scene, STATES};
use serde_json::{json, Value};
use std::process::Output;

/// Deposit of the channel, in LAT: more than is spent, and less than a worker carries.
const DEPOSIT: &str = "8";
const LAT: u128 = 1_000_000_000_000;

/// Exit status and message of a command that failed.
fn failure(output: &Output) -> (Option<i32>, String) {
    assert!(!output.status.success(), "{output:?}");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), message)
}

/// A client whose state says that a result was false.
fn distrust(scene: &Scene, id: ChannelId) -> Result<()> {
    let mut state = scene.state(id)?;
    state["refuted"] = json!({ "sequence": "2", "reason": "proof: of something else" });
    let path = scene.state_file(id, "distrust");
    std::fs::create_dir_all(path.parent().context("a folder")?)?;
    std::fs::write(path, state.to_string())?;
    let (code, message) = failure(&scene.try_infer(id, 3, "distrust", &[])?);
    assert_eq!(code, Some(4), "{message}");
    assert!(message.contains("of something else"), "{message}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inferences_are_verified_one_by_one_and_paid_in_one_extrinsic() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let scene = Scene::start(folder.path()).await?;
    let id = scene.open(DEPOSIT)?;
    let channel = scene.channel(id).await?;
    let price = channel.price;
    let unit = price.compute + price.royalty + price.fee;
    assert_eq!((channel.deposit, channel.redeemed), (8 * LAT, 0));
    let opened_at = scene.client.best_block().await?;
    let before = scene.money(opened_at.hash).await?;

    for (sequence, digit) in [(0u128, 0), (1, 1)] {
        let shown = scene.infer(id, digit)?;
        assert_eq!(shown["sequence"], sequence.to_string(), "{shown}");
        assert_eq!(shown["repeated"], false, "{shown}");
        let signed = unit * (sequence + 1);
        assert_eq!(shown["cumulative"], signed.to_string(), "{shown}");
    }

    // An answer is lost on its way: asking again gets it, for the same voucher.
    let line = format!("http://{}", lossy::line_to(scene.gateway_port)?);
    let lost = scene.try_infer(id, 2, STATES, &["--gateway", &line])?;
    failure(&lost);
    let state = scene.state(id)?;
    assert_eq!(state["verified"], "2", "{state}");
    assert_eq!(state["pending"]["cumulative"], (3 * unit).to_string());
    let shown = scene.infer(id, 2)?;
    assert_eq!(
        (&shown["sequence"], &shown["repeated"]),
        (&json!("2"), &json!(true))
    );
    assert_eq!(shown["cumulative"], (3 * unit).to_string(), "{shown}");
    let state = scene.state(id)?;
    assert_eq!(
        (&state["verified"], &state["pending"]),
        (&json!("3"), &Value::Null)
    );

    // Nothing more is signed after a false result, nor by a client that has verified nothing.
    distrust(&scene, id)?;
    let (code, message) = failure(&scene.try_infer(id, 3, "elsewhere", &[])?);
    assert_eq!(code, Some(1), "{message}");
    assert!(
        message.contains("served 3") && message.contains("verified 0"),
        "{message}"
    );
    assert_eq!(
        scene.channel(id).await?.redeemed,
        0,
        "it is not worth a redemption yet"
    );

    // The payer closes; the provider collects in time, and everyone has its part.
    let number = id.to_string();
    let close = ["channel", "close", number.as_str()];
    scene.commands.signed(REQUESTER, &close)?;
    let closing = scene.channel(id).await?.closing;
    let withdrawable_at = closing.context("the channel is not closing")?;
    let (_, message) = failure(&scene.try_infer(id, 3, STATES, &[])?);
    assert!(message.contains("closing"), "{message}");
    scene.wait_until_redeemed(id, 3 * unit).await?;

    // What is left comes back at once when the provider closes as well.
    let early = scene
        .commands
        .run(REQUESTER, &["channel", "withdraw", &number])?;
    let (_, message) = failure(&early);
    assert!(message.contains("GracePeriodRunning"), "{message}");
    scene.commands.signed(PROVIDER, &close)?;
    assert_eq!(scene.client.best().channel(id).await?, None);
    let gone = scene.commands.json(&["channel", "show", &number]);
    let message = gone.expect_err("it is closed").to_string();
    assert!(message.contains("does not exist"), "{message}");

    let end = scene.client.best_block().await?;
    assert!(end.number < withdrawable_at, "the grace period is over");
    let after = scene.money(end.hash).await?;
    let (payer_fees, provider_fees, events) = scene.between(opened_at.number, end.number).await?;
    assert_eq!(after.payer, before.payer - 3 * unit - payer_fees);
    assert_eq!(
        after.provider,
        before.provider + 3 * price.compute - provider_fees
    );
    assert_eq!(after.owner, before.owner + 3 * price.royalty);
    assert_eq!(after.treasury, before.treasury + 3 * price.fee);
    let redemptions: Vec<_> = events
        .iter()
        .filter(|event| matches!(event, Event::VoucherRedeemed { .. }))
        .collect();
    let once = Event::VoucherRedeemed {
        channel: id,
        amount: 3 * unit,
        cumulative: 3 * unit,
    };
    assert_eq!(redemptions, [&once]);
    assert!(events.contains(&Event::ChannelClosed {
        channel: id,
        refunded: 8 * LAT - 3 * unit,
    }));
    let payer = scene
        .client
        .best()
        .balance(&scene::account(REQUESTER)?)
        .await?;
    assert_eq!(payer.held, 0, "a deposit is left on hold");
    Ok(())
}
