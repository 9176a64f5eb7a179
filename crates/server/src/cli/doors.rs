//! What `serve` is told about its doors: TLS, proxies, names, limits.

use clap::Args;
use ipnet::IpNet;
use liaison_server::bucket::Rate;
use liaison_server::peer::Neighbours;
use liaison_server::tls::TlsFiles;
use liaison_server::{Config, Limits};
use std::net::IpAddr;
use std::path::PathBuf;

/// Options about who may come in, and how often.
#[derive(Args)]
pub struct Doors {
    /// Serve TLS with this certificate (PEM, with what leads to its root). SIGHUP has it read again.
    #[arg(long, env = "LIAISON_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(long, env = "LIAISON_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// A proxy in front of the server, or a network of them: its X-Forwarded-For is believed. May be repeated.
    #[arg(long, env = "LIAISON_TRUSTED_PROXY", value_name = "ADDRESS[/BITS]", value_delimiter = ',', value_parser = network)]
    trusted_proxy: Vec<IpNet>,
    /// A name by which programs on this computer may call the server, beside localhost. May be repeated.
    #[arg(long, env = "LIAISON_HOST", value_name = "NAME", value_delimiter = ',')]
    host: Vec<String>,
    /// Open /metrics to who sends this as a bearer token, and to nobody else. Without it programs on this computer may look.
    #[arg(long, env = "LIAISON_METRICS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    metrics_token: Option<String>,
    /// Calls a second with one API key, twice as many at once; 0 for no limit.
    #[arg(long, env = "LIAISON_RATE_LIMIT", value_name = "CALLS", default_value_t = 50)]
    rate_limit: u32,
    /// Unfinished tasks of one team; 0 for no limit.
    #[arg(long, env = "LIAISON_QUEUE_LIMIT", value_name = "TASKS", default_value_t = 10_000)]
    queue_limit: u32,
}

impl Doors {
    /// Whether what is sent can be read on its way.
    pub const fn is_plain(&self) -> bool {
        self.tls_cert.is_none() && self.trusted_proxy.is_empty()
    }

    /// Puts them into a configuration.
    pub fn add_to(self, config: Config) -> Config {
        let files = self.tls_cert.zip(self.tls_key);
        let queue = if self.queue_limit == 0 { u32::MAX } else { self.queue_limit };
        Config {
            tls: files.map(|(certificate, key)| TlsFiles { certificate, key }),
            neighbours: Neighbours { proxies: self.trusted_proxy, hosts: self.host },
            metrics_token: self.metrics_token,
            limits: Limits { api_key: Rate::per_second(self.rate_limit), queue, ..Limits::default() },
            ..config
        }
    }
}

/// `10.0.0.0/8`, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let one = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse()
        .or_else(|_| one())
        .map_err(|_| "neither an address nor a network such as 10.0.0.0/8".to_owned())
}
