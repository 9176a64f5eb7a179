//! A certificate for www.linkedin.com, made anew at every start and trusted by nobody who is not told to.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, KeyPair, PublicKeyData};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use std::sync::Arc;

use crate::error::Error;

/// Names the certificate holds; the last two are for clients that cannot map a host name.
const NAMES: [&str; 5] = ["www.linkedin.com", "linkedin.com", "media.licdn.com", "localhost", "127.0.0.1"];

/// A certificate and what others need in order to trust it.
pub(crate) struct Certificate {
    pub(crate) der: CertificateDer<'static>,
    /// The same as text, as a bundle of trusted certificates takes it.
    pub(crate) pem: String,
    /// Base64 of the SHA-256 of the public key, as Chromium's `--ignore-certificate-errors-spki-list` takes it.
    pub(crate) spki: String,
    pub(crate) tls: Arc<ServerConfig>,
}

impl Certificate {
    pub(crate) fn make() -> Result<Self, Error> {
        let names = NAMES.map(str::to_owned).to_vec();
        let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(names)?;
        let der = cert.der().clone();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der())
            .map_err(|reason| tokio_rustls::rustls::Error::General(reason.to_owned()))?;
        let mut tls = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![der.clone()], key)?;
        tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { der, pem: cert.pem(), spki: spki(&signing_key), tls: Arc::new(tls) })
    }
}

fn spki(key: &KeyPair) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, &key.subject_public_key_info());
    STANDARD.encode(digest)
}
