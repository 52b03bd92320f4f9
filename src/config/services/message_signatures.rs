//! `[message_signatures]`: whose HTTP message signatures are believed.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};

use super::signers::{
    ADDRESSES, AGENTS, NETWORKS, NetworkAgent, ORIGINS, PARTNERS, SigningAgent, SigningPartner,
    addresses, agents, networks, origins, partners,
};
use crate::config::forms::{Form, PLAIN_CHAR};
use crate::config::keys::{Key, Section};
use crate::config::reading;

/// Longest path of a file with certificates, in characters.
const CA_FILE_CHARS_MAX: usize = 1_024;
const CA_FILE: Form = Form::matching(&["^", PLAIN_CHAR, "*$"]).within(0, CA_FILE_CHARS_MAX);

/// Whose message signatures are believed. Where nobody's are, none is read and nothing is fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MessageSignatures {
    /// The names the gateway is reached under, as callers sign them.
    #[serde(deserialize_with = "origins")]
    pub origins: Vec<String>,
    /// Agents that publish their keys.
    #[serde(deserialize_with = "agents")]
    pub agents: Vec<SigningAgent>,
    /// What is done with those that are not among them.
    #[serde(deserialize_with = "reading::choice")]
    pub unlisted_agents: UnlistedAgents,
    /// Partners whose keys are written down.
    #[serde(deserialize_with = "partners")]
    pub partners: Vec<SigningPartner>,
    /// Agents a payment network knows.
    #[serde(deserialize_with = "networks")]
    pub networks: Vec<NetworkAgent>,
    /// Certificates that are trusted when keys are fetched, in the place of the machine's.
    #[serde(deserialize_with = "ca_file", skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Where hosts of keys are, whatever their name stands for.
    #[serde(deserialize_with = "addresses")]
    pub fixed_addresses: Vec<String>,
}

/// What is done with agents that publish their keys and are not listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnlistedAgents {
    /// They are refused.
    #[default]
    Refuse,
    /// Each is an agent of its own.
    Accept,
}

impl MessageSignatures {
    /// Whether anybody is believed.
    pub fn is_on(&self) -> bool {
        self.unlisted_agents == UnlistedAgents::Accept
            || !(self.agents.is_empty() && self.partners.is_empty() && self.networks.is_empty())
    }

    /// A signature says for whom it was made; whoever does not know its own name would believe one
    /// that was made for somebody else.
    pub(in crate::config) fn contradictions(&self) -> Option<(&'static [&'static str], String)> {
        let what = "is empty; expected the names this gateway is reached under, such as \
                    \"https://buy.example\", because there are signatures that are believed";
        let is_nameless = self.is_on() && self.origins.is_empty();
        is_nameless.then(|| (&["message_signatures.origins"] as &[_], what.to_owned()))
    }
}

impl Section for MessageSignatures {
    const NAME: &'static str = "message_signatures";
    const ABOUT: &'static str =
        "Whose HTTP message signatures (RFC 9421) are believed. Where nobody's are, none is read.";
    const KEYS: &'static [Key] = &[
        Key::list(
            "origins",
            ORIGINS,
            "The names the gateway is reached under, as callers sign them: `https://`, a host, and a \
             port if it is not the usual one; at most 8. Needed as soon as anybody is believed.",
        ),
        Key::list(
            "agents",
            AGENTS,
            "Agents that publish their keys (Web Bot Auth), as entries of \
             `[[message_signatures.agents]]`; at most 200.",
        ),
        Key::choice(
            "unlisted_agents",
            &["refuse", "accept"],
            "What is done with agents that publish their keys and are not listed: `\"refuse\"`, and \
             nothing is fetched for them, or `\"accept\"`: each is an agent of its own, named by its \
             address.",
        ),
        Key::list(
            "partners",
            PARTNERS,
            "Partners whose keys are written down, as entries of `[[message_signatures.partners]]`; \
             at most 100.",
        ),
        Key::list(
            "networks",
            NETWORKS,
            "Agents a payment network knows (Trusted Agent Protocol), as entries of \
             `[[message_signatures.networks]]`; at most 200.",
        ),
        Key::text(
            "ca_file",
            CA_FILE,
            "A file with certificates, as PEM, that are trusted when keys are fetched, in the place \
             of those this machine trusts.",
        ),
        Key::list(
            "fixed_addresses",
            ADDRESSES,
            "Where hosts of keys are, each as `host=address:port`, at most 20: only these may have an \
             address that is not public.",
        ),
    ];
}

fn ca_file<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let expected = format_args!("the path of a file, at most {CA_FILE_CHARS_MAX} characters");
    reading::some_from_text(from, expected, |text| {
        let fits = text.chars().count() <= CA_FILE_CHARS_MAX && !text.contains(char::is_control);
        fits.then(|| PathBuf::from(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_believes_somebody_knows_its_own_name() {
        let mut section = MessageSignatures::default();
        assert!(!section.is_on());
        assert_eq!(section.contradictions(), None);
        section.unlisted_agents = UnlistedAgents::Accept;
        let (keys, what) = section.contradictions().unwrap();
        assert_eq!(keys, ["message_signatures.origins"]);
        assert!(what.contains("https://buy.example"));
        section.origins.push("https://buy.example".into());
        assert_eq!(section.contradictions(), None);
    }
}
