//! `lattice infer --private`: from a blinding to a request's number.

use super::super::infer::{manifest, Infer};
use super::super::tier;
use super::report;
use super::session::Session;
use super::state::{Beginning, State, Store};
use crate::output::Output;
use crate::progress;
use anyhow::{ensure, Context};
use lattice_chain_client::{Call, Error, PrivateCall, H256};
use lattice_verifier::{commit_input, FieldBytes};

/// A blinding that nobody can guess: 253 bits, so that it is a canonical field element.
fn random_blinding() -> FieldBytes {
    let mut blinding: FieldBytes = rand::random();
    blinding[31] &= 0x1f;
    blinding
}

/// Makes a private request, and goes on with it to its end.
pub async fn ask(infer: &Infer, output: &Output) -> anyhow::Result<()> {
    let verification = infer.tier.verification();
    ensure!(
        tier::is_proven(&verification),
        "--private is for requests that are settled on a proof: the chain cannot run a model on an \
         input that it does not have, nor can others run it again"
    );
    let signer = infer.signer.signer()?;
    let folder = super::folder(&infer.through.state)?;
    let client = infer.chain.connect().await?;
    let model = infer.model.context("name a model with --model")?;
    let model = model.find(&client).await?;
    let manifest = manifest(&model)?;
    let values = infer.input.load(&manifest.input)?;
    let input = values
        .iter()
        .map(|&value| i8::try_from(value))
        .collect::<Result<Vec<i8>, _>>()
        .context("an input element does not fit i8")?;
    let requester = signer.account();
    let view = client.best();
    let terms = infer.terms(&view, model.index, requester, None).await?;
    let blinding = random_blinding();
    let commitment = commit_input(&values, manifest.input.range, &blinding)
        .context("the input has no commitment")?;

    let store = Store::open(&folder, &commitment)?;
    let mut state = State::new(&Beginning {
        genesis: &client.genesis(),
        requester: &requester,
        model: model.index,
        input: &input,
        blinding: &blinding,
        commitment: &commitment,
        output_private: infer.private.private_output,
        sent_after: client.best_block().await?.number,
    });
    store.save(&state)?;
    let call = Call::Private(PrivateCall::Request {
        model: model.index,
        input_commitment: H256(commitment),
        max_price: infer.max_price.unwrap_or(terms.max_price),
        deadline: infer.deadline,
        verification,
        output_private: infer.private.private_output,
        selection: terms.selection,
    });
    let spinner = progress::spinner("sending the request");
    let included = match client.submit_and_wait(&signer, &call).await {
        Ok(included) => included,
        Err(error) => {
            // There is no such request then; otherwise there may be one.
            if matches!(error, Error::Pool(_) | Error::Dispatch(_)) {
                store.remove()?;
            }
            return Err(error.into());
        }
    };
    let request = included
        .request()
        .context("the extrinsic succeeded, but the chain reports no request")?;
    state.request = Some(request.to_string());
    store.save(&state)?;
    let mut session = Session::new(
        (&client, &signer),
        request,
        (&store, state),
        infer.private.deal(),
        !output.is_json(),
        spinner.clone(),
    );
    let ended = session.run().await;
    spinner.finish_and_clear();
    let ended = ended.with_context(|| {
        format!("request {request} goes on; see `lattice private resume {request}`")
    })?;
    let of = (session.state(), store.path());
    report::show(&client, request, of, &manifest, ended, output).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use lattice_verifier::is_canonical;

    #[test]
    fn blindings_are_canonical_and_none_is_like_another() {
        let (one, other) = (random_blinding(), random_blinding());
        assert!(is_canonical(&one) && is_canonical(&other));
        assert_ne!(one, other);
    }
}
