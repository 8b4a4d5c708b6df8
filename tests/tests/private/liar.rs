//! A provider without a worker: it takes inputs and signs for them, and hands no output out. What it
//! says on the chain, the tests say for it.

use anyhow::{Context, Result};
use futures::future::BoxFuture;
use lattice_chain_client::{receipt_message, Client, Private, RequestId, Signer};
use lattice_p2p::private::{Multiaddr, Payload, PrivateRequest, PrivateResponse, RefusalCode};
use lattice_p2p::{Identity, Network, NetworkConfig, NetworkHandle, Peer, PrivateServer, Servers};
use lattice_prover::{Proof, Prover};
use lattice_tests::process::free_port;
use lattice_tests::stage::{offer_at, Stage};
use lattice_tests::worker::peer_address;
use lattice_verifier::FieldBytes;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The liar's account.
pub const LIAR: &str = "//Eve";

/// Why no requester gets its output: no repetition changes that, so that it is not asked again.
pub const PRETEXT: RefusalCode = RefusalCode::NotRequester;

pub struct Liar {
    desk: Desk,
    prover: Prover,
    /// Requesters reach it as long as this is here.
    _network: NetworkHandle,
}

impl Liar {
    /// Offers to serve the stage's model, where requesters find it.
    pub async fn start(stage: &Stage) -> Result<Self> {
        let signer = Signer::from_dev_seed(LIAR)?;
        let desk = Desk {
            client: stage.client.clone(),
            signer: signer.clone(),
            taken: Arc::default(),
        };
        let place = peer_address(free_port()?);
        let listen: Multiaddr = place.parse()?;
        let config = NetworkConfig {
            listen: vec![listen],
            ..NetworkConfig::default()
        };
        let identity = Identity::ephemeral(signer, stage.client.genesis());
        let servers = Servers {
            private: Some(Arc::new(desk.clone())),
            ..Servers::default()
        };
        let network = Network::start(config, identity, servers).await?;
        offer_at(&stage.node.url(), stage.model, LIAR, &place)?;
        let file = stage.folder.join("models/digits.lattice");
        let keys = lattice_setup::KeyFiles::read(&file.with_extension("keys"))?;
        let model = Arc::new(lattice_tensor::file::read(&file)?);
        Ok(Self {
            desk,
            prover: Prover::new(model, keys.proving_key)?,
            _network: network,
        })
    }

    /// What was delivered for a request, and signed for.
    pub fn taken(&self, request: RequestId) -> Result<Payload> {
        let taken = self.desk.taken().get(&request).cloned();
        taken.with_context(|| format!("nothing was delivered for request {request}"))
    }

    /// The honest output for what was delivered, and its proof.
    pub fn prove(&self, open: &Private, blinding: &FieldBytes) -> Result<(Vec<i32>, Proof)> {
        let payload = self.taken(open.request)?;
        let input: Vec<i32> = payload.input.iter().map(|&x| x.into()).collect();
        let trace = lattice_tensor::trace(self.prover.model(), &input)?;
        let (context, given) = (&open.context.0, &payload.blinding);
        let mut rng = rand::rngs::OsRng;
        let proof = self
            .prover
            .prove(&trace, context, given, blinding, &mut rng)?;
        Ok((trace.output().to_vec(), proof))
    }
}

/// Where requesters leave their inputs.
#[derive(Clone)]
struct Desk {
    client: Client,
    signer: Signer,
    taken: Arc<Mutex<BTreeMap<RequestId, Payload>>>,
}

impl Desk {
    fn taken(&self) -> MutexGuard<'_, BTreeMap<RequestId, Payload>> {
        // The map is valid whatever its holder was doing.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an input, and signs for it.
    async fn take(&self, request: RequestId, payload: Payload) -> PrivateResponse {
        let open = self.client.best().private_request(request).await;
        let Ok(Some(open)) = open else {
            // Whoever delivered it comes again.
            return PrivateResponse::Refused(RefusalCode::UnknownRequest);
        };
        let message = receipt_message(&self.client.genesis(), request, &open.context.0);
        self.taken().insert(request, payload);
        PrivateResponse::Receipt {
            signature: self.signer.sign_bytes(&message),
        }
    }
}

impl PrivateServer for Desk {
    fn answer(&self, _: &Peer, request: PrivateRequest) -> BoxFuture<'static, PrivateResponse> {
        let desk = self.clone();
        Box::pin(async move {
            match request {
                PrivateRequest::Deliver {
                    request,
                    input,
                    blinding,
                } => desk.take(request, Payload { input, blinding }).await,
                PrivateRequest::Collect { .. } => PrivateResponse::Refused(PRETEXT),
            }
        })
    }
}
