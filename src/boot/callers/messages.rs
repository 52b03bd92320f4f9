//! Whose message signatures are believed.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use acp_core::ids::AgentId;
use acp_core::limits::PINNED_KEY_BYTES_MAX;
use acp_core::ports::Clock;
use acp_signature::key::{Unusable, VerifyingKey};
use acp_signature::message::{NotAHost, Origin, Scheme};
use acp_signature::source::{Discovery, KeySource, KeyUrl, NoKeyUrl};
use acp_signature::{PinnedKey, Refused};
use zeroize::Zeroizing;

use crate::adapters::key_directory::{FetchOptions, Fetcher, RememberedKeys, SystemResolver};
use crate::adapters::outward::NoRoots;
use crate::config::{MessageSignatures, PartnerKey, SigningPartner, UnlistedAgents};
use crate::identity::{MessageRules, Network, Partner, Unlisted};

/// Why nobody can be believed.
#[derive(Debug, thiserror::Error)]
pub enum BadSigner {
    /// A name of ours is none.
    #[error("message_signatures.origins cannot be used")]
    Origin(#[from] NotAHost),
    /// Keys are not looked for there.
    #[error("no keys are looked for at {url}, in message_signatures")]
    Url { url: String, source: NoKeyUrl },
    /// A key that is written down is none.
    #[error("the key {keyid:?} of message_signatures.partners cannot be used")]
    Key { keyid: String, source: Unusable },
    /// The file with a key cannot be read.
    #[error(
        "the file {} with the key {keyid:?} of message_signatures.partners cannot be read as at \
         most {PINNED_KEY_BYTES_MAX} bytes; is its key_file right?",
        path.display()
    )]
    File { keyid: String, path: PathBuf, source: io::Error },
    /// The keys that are written down do not go together.
    #[error("message_signatures.partners cannot be used")]
    Partners(#[from] Refused),
    /// Nobody can be asked.
    #[error("the keys of those who sign cannot be fetched; is message_signatures.ca_file right?")]
    Roots(#[from] NoRoots),
}

/// The rules of a configuration.
///
/// # Errors
/// Says what of it cannot be used.
pub fn message_rules(
    config: &MessageSignatures,
    clock: &Arc<dyn Clock>,
) -> Result<MessageRules, BadSigner> {
    if !config.is_on() {
        return Ok(MessageRules::default());
    }
    let options =
        FetchOptions { ca_file: config.ca_file.clone(), fixed: fixed(&config.fixed_addresses) };
    // Who has only partners fetches nothing, and need not trust anybody.
    let looks_elsewhere = config.unlisted_agents == UnlistedAgents::Accept
        || !(config.agents.is_empty() && config.networks.is_empty());
    let origins = config.origins.iter().map(|text| origin(text)).collect::<Result<_, _>>()?;
    let rules = if looks_elsewhere {
        let fetcher = Arc::new(Fetcher::new(options, Arc::new(SystemResolver))?);
        let keys = RememberedKeys::new(fetcher, Arc::clone(clock), listed(config));
        MessageRules::at(origins, Arc::new(keys))
    } else {
        MessageRules::partners_alone(origins)
    };
    let mut agents = Vec::new();
    for agent in &config.agents {
        agents.push((url(&agent.url)?, AgentId::new(agent.agent.clone())));
    }
    let unlisted = match config.unlisted_agents {
        UnlistedAgents::Refuse => Unlisted::Refused,
        UnlistedAgents::Accept => Unlisted::Welcome,
    };
    let partners = config.partners.iter().map(partner).collect::<Result<_, _>>()?;
    Ok(rules
        .with_agents(agents, unlisted)
        .with_partners(partners)?
        .with_networks(networks(config)?))
}

fn origin(text: &str) -> Result<Origin, NotAHost> {
    match text.strip_prefix("http://") {
        Some(host) => Origin::new(Scheme::Http, host),
        None => Origin::new(Scheme::Https, text.trim_start_matches("https://")),
    }
}

fn url(text: &str) -> Result<KeyUrl, BadSigner> {
    KeyUrl::read(text).map_err(|source| BadSigner::Url { url: text.to_owned(), source })
}

/// The places of those who are listed. What is at the address of an agent its signatures say, so
/// each of the ways to ask is a place of its own. An address that is none is complained about
/// elsewhere.
fn listed(config: &MessageSignatures) -> impl Iterator<Item = KeySource> {
    const WAYS: [Discovery; 3] = [Discovery::Directory, Discovery::JwksUri, Discovery::Cimd];
    let agents = config.agents.iter().flat_map(|agent| WAYS.map(|way| (way, &agent.url)));
    let networks = config.networks.iter().map(|agent| (Discovery::JwksUri, &agent.registry));
    let written = agents.chain(networks);
    written.filter_map(|(way, text)| KeySource::new(way, KeyUrl::read(text).ok()?).ok())
}

fn partner(partner: &SigningPartner) -> Result<Partner, BadSigner> {
    let keyid = partner.keyid.clone();
    let key = match &partner.key {
        PartnerKey::Jwk(jwk) => VerifyingKey::pinned(jwk.expose().as_bytes()),
        PartnerKey::File(path) => {
            let unreadable =
                |source| BadSigner::File { keyid: keyid.clone(), path: path.clone(), source };
            VerifyingKey::pinned(&text_of(path).map_err(unreadable)?)
        }
    };
    let key = key.map_err(|source| BadSigner::Key { keyid: keyid.clone(), source })?;
    Ok(Partner { key: PinnedKey { keyid, key }, agent: AgentId::new(partner.agent.clone()) })
}

/// What is in the file of a key, which may be a secret.
fn text_of(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(Vec::new());
    let most = u64::try_from(PINNED_KEY_BYTES_MAX).unwrap_or(u64::MAX);
    let read = fs::File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut text)?;
    if read > PINNED_KEY_BYTES_MAX { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(text) }
}

/// The agents by their network.
fn networks(config: &MessageSignatures) -> Result<Vec<Network>, BadSigner> {
    let mut networks = BTreeMap::new();
    for agent in &config.networks {
        let registry = KeySource::new(Discovery::JwksUri, url(&agent.registry)?)
            .map_err(|source| BadSigner::Url { url: agent.registry.clone(), source })?;
        let agents: &mut HashMap<_, _> = networks.entry(registry).or_default();
        agents.insert(agent.keyid.clone(), AgentId::new(agent.agent.clone()));
    }
    let networks = networks.into_iter();
    Ok(networks.map(|(registry, agents)| Network { registry, agents }).collect())
}

fn fixed(written: &[String]) -> HashMap<Box<str>, SocketAddr> {
    let read = |text: &String| {
        let (host, address) = text.split_once('=')?;
        Some((host.to_ascii_lowercase().into(), address.parse().ok()?))
    };
    written.iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use acp_mocks::StillClock;

    use super::*;
    use crate::config::{Secret, SigningAgent};

    const KEY: &str = r#"{"kty":"oct","k":"YSBzZWNyZXQgdGhhdCBib3RoIG9mIHVzIGtub3c"}"#;

    /// Of RFC 8410, section 10.1.
    const PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
        -----END PUBLIC KEY-----\n";

    fn with_partners(keys: &[&str]) -> MessageSignatures {
        let partner = |jwk: &&str| SigningPartner {
            keyid: "p".into(),
            key: PartnerKey::Jwk(Secret::guard((*jwk).to_owned())),
            agent: "robo".into(),
        };
        MessageSignatures {
            origins: vec!["https://buy.example".into()],
            partners: keys.iter().map(partner).collect(),
            ca_file: Some("/nowhere/keys.pem".into()),
            ..MessageSignatures::default()
        }
    }

    fn with_agent(url: &str) -> MessageSignatures {
        let agents = vec![SigningAgent { url: url.into(), agent: "robo".into() }];
        MessageSignatures { agents, ca_file: None, ..with_partners(&[]) }
    }

    fn complaint(section: &MessageSignatures) -> String {
        let clock: Arc<dyn Clock> = Arc::new(StillClock::default());
        message_rules(section, &clock).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn whoever_only_has_partners_needs_no_certificates() {
        assert_eq!(complaint(&with_partners(&[KEY])), "");
        assert_eq!(complaint(&MessageSignatures::default()), "");
    }

    #[test]
    fn a_key_may_lie_in_a_file() {
        let home = tempfile::TempDir::new().unwrap();
        let path = home.path().join("partner.pem");
        let mut section = with_partners(&[KEY]);
        section.partners[0].key = PartnerKey::File(path.clone());
        let said = complaint(&section);
        assert!(said.contains("partner.pem") && said.contains("key_file"), "{said}");
        fs::write(&path, PEM).unwrap();
        assert_eq!(complaint(&section), "");
        fs::write(&path, KEY).unwrap();
        assert_eq!(complaint(&section), "");
        fs::write(&path, PEM.replace("PUBLIC", "PRIVATE")).unwrap();
        assert!(complaint(&section).contains("\"p\" of message_signatures.partners"));
        fs::write(&path, " ".repeat(PINNED_KEY_BYTES_MAX) + PEM).unwrap();
        assert!(complaint(&section).contains("at most"), "{}", complaint(&section));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let weak = r#"{"kty":"oct","k":"AA"}"#;
        for jwk in ["{}", weak] {
            let said = complaint(&with_partners(&[jwk]));
            assert!(said.contains("\"p\" of message_signatures.partners"), "{said}");
        }
        let twice = complaint(&with_partners(&[KEY, KEY]));
        assert!(twice.contains("message_signatures.partners cannot be used"), "{twice}");
        let nameless = complaint(&with_agent("https://agent"));
        assert!(nameless.contains("https://agent, in message_signatures"), "{nameless}");
        let ca_file = Some("/nowhere/keys.pem".into());
        let alone = MessageSignatures { ca_file, ..with_agent("https://agent.example") };
        assert!(complaint(&alone).contains("message_signatures.ca_file"));
    }
}
