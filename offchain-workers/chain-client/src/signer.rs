//! Who signs: a key pair from a file or, on development chains, a well-known one.

use crate::{AccountId, Config};
use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};
use subxt::{transactions, utils::MultiSignature};
use subxt_signer::{
    sr25519::{self, Keypair},
    DeriveJunction, SecretUri,
};

/// Names of the accounts that development chains endow.
const DEV_NAMES: [&str; 6] = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"];
/// A key file is a line of text; anything longer is some other file.
const MAX_KEY_FILE: u64 = 16 * 1024;

/// Why no key pair came of what was given.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    #[error("`{0}` is no development account: one of //Alice, //Bob, //Charlie, //Dave, //Eve, //Ferdie")]
    NotADevSeed(String),
    // The text itself is left out: it may be a secret with one typing error.
    #[error("not a secret: expected a phrase of 12 to 24 words or 0x and 64 hex digits, with optional //derivation")]
    Malformed,
    #[error("cannot read the key file {path}: {source}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the key file {0} is larger than {MAX_KEY_FILE} bytes")]
    TooLarge(PathBuf),
    #[error("the key file {0} is JSON but has neither `secretPhrase` nor `secretSeed`")]
    NoSecret(PathBuf),
    #[error("the key file {path} holds no secret: {reason}")]
    InFile {
        path: PathBuf,
        reason: Box<SignerError>,
    },
}

/// An sr25519 key pair that signs extrinsics.
#[derive(Clone)]
pub struct Signer {
    pair: Keypair,
    account: AccountId,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.account)
    }
}

impl Signer {
    /// A well-known account of development chains: `//Alice`, `//Bob//stash`.
    ///
    /// Anyone can sign for these, so other texts are refused rather than
    /// turned into an account that looks private and is not.
    pub fn from_dev_seed(seed: &str) -> Result<Self, SignerError> {
        let name = seed
            .strip_prefix("//")
            .and_then(|rest| rest.split('/').next());
        match name {
            Some(name) if DEV_NAMES.contains(&name) && !seed.contains("///") => {
                Self::from_uri(seed)
            }
            _ => Err(SignerError::NotADevSeed(seed.to_owned())),
        }
    }

    /// A secret phrase or `0x` seed, with optional derivation and password.
    pub fn from_uri(uri: &str) -> Result<Self, SignerError> {
        let uri = uri.trim();
        if uri.is_empty() {
            return Err(SignerError::Malformed);
        }
        let uri = SecretUri::from_str(uri).map_err(|_| SignerError::Malformed)?;
        let pair = Keypair::from_uri(&uri).map_err(|_| SignerError::Malformed)?;
        let account = AccountId(pair.public_key().0);
        Ok(Self { pair, account })
    }

    /// The key pair of hard derivations: that of `["load", "3"]` is found again by whoever has the secret,
    /// as the secret with `//load//3` after it.
    pub fn derive_hard(&self, path: &[&str]) -> Self {
        let junctions = path
            .iter()
            .map(|junction| DeriveJunction::from(junction).harden());
        let pair = self.pair.derive(junctions);
        let account = AccountId(pair.public_key().0);
        Self { pair, account }
    }

    /// Reads a key file: the secret as plain text, as a JSON string (what a
    /// node's key store holds), or as a JSON object with `secretPhrase` or
    /// `secretSeed` (what `subkey generate --output-type json` prints).
    ///
    /// A file that others may read is used, with a warning.
    pub fn from_key_file(path: &Path) -> Result<Self, SignerError> {
        let io = |source| SignerError::Io {
            path: path.to_owned(),
            source,
        };
        let metadata = std::fs::metadata(path).map_err(io)?;
        if metadata.len() > MAX_KEY_FILE {
            return Err(SignerError::TooLarge(path.to_owned()));
        }
        if let Some(mode) = loose_mode(&metadata) {
            tracing::warn!(
                path = %path.display(),
                mode = format!("{mode:03o}"),
                "key file can be read by others; run `chmod 600` on it"
            );
        }
        let text = std::fs::read_to_string(path).map_err(io)?;
        let secret = secret_of(&text).ok_or_else(|| SignerError::NoSecret(path.to_owned()))?;
        Self::from_uri(&secret).map_err(|reason| SignerError::InFile {
            path: path.to_owned(),
            reason: Box::new(reason),
        })
    }

    /// The account that this key pair speaks for.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Signs a message that is no extrinsic, such as a voucher: exactly these bytes.
    pub fn sign_bytes(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(message).0
    }
}

/// Whether an sr25519 signature is this account's over exactly these bytes.
pub fn is_signed_by(account: &AccountId, message: &[u8], signature: &[u8; 64]) -> bool {
    let key = sr25519::PublicKey(account.0);
    sr25519::verify(&sr25519::Signature(*signature), message, &key)
}

impl transactions::Signer<Config> for Signer {
    fn account_id(&self) -> AccountId {
        self.account
    }

    fn sign(&self, payload: &[u8]) -> MultiSignature {
        MultiSignature::Sr25519(self.pair.sign(payload).0)
    }
}

/// The secret in a key file's text; `None` when it is JSON without one.
fn secret_of(text: &str) -> Option<String> {
    use serde_json::Value;
    match serde_json::from_str::<Value>(text) {
        Ok(Value::String(secret)) => Some(secret),
        Ok(Value::Object(fields)) => ["secretPhrase", "secretSeed"]
            .iter()
            .find_map(|field| fields.get(*field)?.as_str().map(str::to_owned)),
        Ok(_) => None,
        Err(_) => Some(text.to_owned()),
    }
}

/// The permission bits of a file that others than its owner can use.
#[cfg(unix)]
fn loose_mode(metadata: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn loose_mode(_metadata: &std::fs::Metadata) -> Option<u32> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
    const PHRASE: &str = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

    fn key_file(content: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), content).expect("write");
        file
    }

    #[test]
    fn alice_is_alice() {
        let signer = Signer::from_dev_seed("//Alice").expect("a development account");
        assert_eq!(signer.account().to_string(), ALICE);
    }

    #[test]
    fn a_key_file_may_be_text_a_json_string_or_what_subkey_prints() {
        let seed = "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a";
        for content in [
            format!("{PHRASE}//Alice\n"),
            format!("\"{PHRASE}//Alice\""),
            format!(r#"{{"secretPhrase":"{PHRASE}//Alice","ss58Address":"x"}}"#),
            // The seed that //Alice derives to.
            seed.to_owned(),
            format!(r#"{{"accountId":"0x00","secretSeed":"{seed}"}}"#),
        ] {
            let file = key_file(&content);
            let signer = Signer::from_key_file(file.path()).expect(&content);
            assert_eq!(signer.account().to_string(), ALICE, "{content}");
        }
    }

    #[test]
    fn a_derived_account_is_that_of_the_longer_secret() {
        let dave = Signer::from_dev_seed("//Dave").expect("a development account");
        let derived = dave.derive_hard(&["load", "3"]).account();
        let written = Signer::from_dev_seed("//Dave//load//3").expect("a development account");
        assert_eq!(derived, written.account());
        assert_ne!(derived, dave.derive_hard(&["load", "4"]).account());
    }

    #[test]
    fn a_signature_is_good_for_one_account_and_one_message() {
        let [alice, bob] =
            ["//Alice", "//Bob"].map(|seed| Signer::from_dev_seed(seed).expect("an account"));
        let signature = alice.sign_bytes(b"voucher");
        assert!(is_signed_by(&alice.account(), b"voucher", &signature));
        assert!(!is_signed_by(&bob.account(), b"voucher", &signature));
        assert!(!is_signed_by(&alice.account(), b"another", &signature));
        assert!(!is_signed_by(&alice.account(), b"voucher", &[0; 64]));
    }

    #[test]
    fn the_secret_is_never_printed() {
        let signer = Signer::from_dev_seed("//Bob").expect("a development account");
        assert!(!format!("{signer:?}").contains("Bob"));
        let error = Signer::from_uri("bottom drive obey").expect_err("too short");
        assert!(!error.to_string().contains("bottom"));
    }

    mod refuse {
        use super::*;

        #[test]
        fn a_development_seed_that_is_none() {
            for seed in [
                "",
                "Alice",
                "/Alice",
                "//Mallory",
                "//alice",
                "//Alice///pw",
                PHRASE,
            ] {
                assert!(
                    matches!(
                        Signer::from_dev_seed(seed),
                        Err(SignerError::NotADevSeed(_))
                    ),
                    "{seed}"
                );
            }
        }

        #[test]
        fn an_empty_or_broken_key_file() {
            for content in ["", "\n", "0x12", "abandon abandon"] {
                let file = key_file(content);
                assert!(
                    matches!(
                        Signer::from_key_file(file.path()),
                        Err(SignerError::InFile { .. })
                    ),
                    "{content}"
                );
            }
        }

        #[test]
        fn json_without_a_secret() {
            for content in ["{}", r#"{"secretSeed":5}"#, "[1]", "7"] {
                let file = key_file(content);
                assert!(
                    matches!(
                        Signer::from_key_file(file.path()),
                        Err(SignerError::NoSecret(_))
                    ),
                    "{content}"
                );
            }
        }

        #[test]
        fn a_file_that_is_missing_or_far_too_long() {
            assert!(matches!(
                Signer::from_key_file(Path::new("/nonexistent/key")),
                Err(SignerError::Io { .. })
            ));
            let file = key_file(&"x".repeat(MAX_KEY_FILE as usize + 1));
            assert!(matches!(
                Signer::from_key_file(file.path()),
                Err(SignerError::TooLarge(_))
            ));
        }
    }
}
