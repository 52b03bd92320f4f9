//! What is kept about a buyer, shown and erased.

use acp_core::ids::{OrderId, SessionId};
use acp_wire::problem::Code;
use acp_wire::scalar::DateTime;
use axum::extract::State;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::naming::Naming;
use crate::admin::Admin;
use crate::admin::body::Asked;
use crate::admin::denial::Denial;
use crate::store::record::{Belonging, Erasure, Person, UnderWay};

/// Who is meant: by exactly one of these.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PersonAsked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
}

/// An address is nobody's business but its owner's.
impl std::fmt::Debug for PersonAsked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonAsked")
            .field("session", &self.session)
            .field("order", &self.order)
            .finish_non_exhaustive()
    }
}

/// Everything that is kept about a buyer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exported {
    pub exported_at: DateTime,
    /// A checkout each.
    pub records: Vec<Value>,
}

/// What was erased of a buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// The sessions and carts that are gone, and the orders that are told without their buyer.
    pub ids: Vec<String>,
}

fn person(asked: PersonAsked) -> Result<Person, Denial> {
    let unknown = |what: &str, id: &str| {
        let id = id.escape_debug();
        Denial::new(Code::NotFound, format!("There is no {what} with the id {id}."))
    };
    match asked {
        PersonAsked { email: Some(email), session: None, order: None } if email.contains('@') => {
            Ok(Person::Email(email.into()))
        }
        PersonAsked { email: None, session: Some(id), order: None } => {
            let session = SessionId::parse(&id).map_err(|_not_one| unknown("session", &id))?;
            Ok(Person::Session(session))
        }
        PersonAsked { email: None, session: None, order: Some(id) } => {
            let order = OrderId::parse(&id).map_err(|_not_one| unknown("order", &id))?;
            Ok(Person::Order(order))
        }
        _ => {
            let message = "Say who is meant by exactly one of email, session and order.";
            Err(Denial::invalid("$", message))
        }
    }
}

async fn found(admin: &Admin, asked: PersonAsked) -> Result<Vec<Belonging>, Denial> {
    let mut tenants: Vec<_> =
        admin.identity.list_tenants().await?.into_iter().map(|tenant| tenant.id).collect();
    if !tenants.contains(&admin.shop.tenant) {
        tenants.push(admin.shop.tenant.clone());
    }
    let found = admin.belongings.of(&person(asked)?, &tenants).await?;
    if found.is_empty() {
        let message = "Nothing is kept about this buyer.";
        return Err(Denial::new(Code::NotFound, message));
    }
    Ok(found)
}

fn ids_of(found: &[Belonging]) -> Vec<String> {
    found.iter().flat_map(Belonging::ids).collect()
}

fn not_yet(under_way: &UnderWay, rest: &str) -> Denial {
    let UnderWay { id, why, until } = under_way;
    let message = format!(
        "{why} is under way for {id}, at least until {}, and needs what would be erased. {rest} \
         Ask again afterwards, or end it first.",
        DateTime(*until)
    );
    Denial::new(Code::CompletionInProgress, message)
}

/// Shows everything that is kept about a buyer. Reading it is an act as well.
pub(in crate::admin) async fn export(
    State(admin): State<Admin>,
    Extension(naming): Extension<Naming>,
    Asked(asked): Asked<PersonAsked>,
) -> Result<Json<Exported>, Denial> {
    let found = found(&admin, asked).await?;
    naming.name(&ids_of(&found)).await?;
    let mut records = Vec::with_capacity(found.len());
    for belonging in &found {
        records.push(admin.belongings.export(belonging).await?);
    }
    Ok(Json(Exported { exported_at: DateTime(admin.clock.now()), records }))
}

/// Erases what is kept about a buyer: all of it, or nothing as long as something is under way. Each
/// checkout is named in the trail before it is erased, so that one is named however this ends.
pub(in crate::admin) async fn erase(
    State(admin): State<Admin>,
    Extension(naming): Extension<Naming>,
    Asked(asked): Asked<PersonAsked>,
) -> Result<Json<Erased>, Denial> {
    let found = found(&admin, asked).await?;
    for belonging in &found {
        if let Some(under_way) = admin.belongings.under_way(belonging).await? {
            return Err(not_yet(&under_way, "Nothing was erased."));
        }
    }
    for belonging in &found {
        naming.name(&belonging.ids()).await?;
        // Somebody may have begun something meanwhile.
        if let Erasure::NotYet(under_way) = admin.belongings.erase(belonging).await? {
            return Err(not_yet(&under_way, "It was left alone; what came before it is erased."));
        }
    }
    Ok(Json(Erased { ids: ids_of(&found) }))
}
