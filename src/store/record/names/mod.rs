//! Where every record lies: its partition, its key, its log and its timer queue.
//!
//! Nothing here may ever change for a store that exists; the tests below hold the forms fast.
//! Parts of a hash carry their length, so that no two different lists of parts look alike.

mod feeds;
mod queues;

pub(super) use feeds::{feed, of_feed, of_told_product, stand, told_product, told_products};
pub use queues::LOOKED_AFTER;
pub(super) use queues::{
    APPROVALS, CARTS, DELIVERIES, DOUBTS, ERRANDS, FEEDS, HOLDS, NEWS, OPENED_TOGETHER, PLAN_RUNS,
    PLANS, RUNS, SESSIONS, VAULT, held_of, opened_of, orders_of, plans_of, tried_of,
};

use std::borrow::Cow;

use acp_core::ids::{
    AuthenticationId, CartId, ConversationId, ItemId, MandateId, OrderId, Partition, PlanId,
    Random128, SessionId, TenantId, VaultTokenId,
};
use acp_core::ports::{AnswerKey, Subject};
use acp_core::session::Owner;
use acp_core::stock::ReservationId;
use acp_core::webhook::{DeliveryId, Topic};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::digest::Update;
use sha2::{Digest as _, Sha256};

use super::stored::Word;
use crate::store::Key;

/// The one partition of data keys. It needs no hash: it is read before anything else is known.
pub(super) fn data_keys_partition() -> Partition {
    Partition::of_hash([0; 8])
}

/// The key of the hash that picks partitions: 32 bytes, fixed for the life of a store.
#[derive(Clone)]
pub struct PartitionKey(Hmac<Sha256>);

impl PartitionKey {
    /// Wraps the bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        // A key shorter than a block is, by the definition of HMAC, filled up with zeroes.
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        Self(Hmac::new(&block))
    }

    /// Where a checkout of this owner lives that was opened with this key.
    pub(super) fn checkout(&self, owner: &Owner, key: &str) -> Partition {
        self.place(&["checkout", owner.tenant.as_str(), owner.agent.as_str(), key])
    }

    /// The bits of an id that is found again by this owner and key, and that nobody can guess.
    pub(super) fn bits_of_cart(&self, owner: &Owner, key: &str, nth: u32) -> Random128 {
        let mut hash = self.0.clone();
        let nth = nth.to_string();
        absorb(&mut hash, &["cart", owner.tenant.as_str(), owner.agent.as_str(), key, &nth]);
        Random128(hash.finalize().into_bytes().first_chunk().copied().unwrap_or_default())
    }

    /// Where the stock of an item is counted.
    pub(super) fn stock(&self, tenant: &TenantId, item: &ItemId) -> Partition {
        self.place(&["stock", tenant.as_str(), item.as_str()])
    }

    /// Where the catalogue of a tenant lies.
    pub(super) fn catalog(&self, tenant: &TenantId) -> Partition {
        self.place(&["catalog", tenant.as_str()])
    }

    /// Where the mandates of a principal lie.
    pub(super) fn mandates(&self, tenant: &TenantId, principal: &str) -> Partition {
        self.place(&["mandates", tenant.as_str(), principal])
    }

    /// Where it is kept where agents are told of their orders.
    pub(super) fn endpoints(&self) -> Partition {
        self.place(&["endpoints"])
    }

    /// The bits of the id of an endpoint that is found again by this owner and key.
    pub(super) fn bits_of_endpoint(&self, owner: &Owner, key: &str) -> Random128 {
        let mut hash = self.0.clone();
        absorb(&mut hash, &["endpoint", owner.tenant.as_str(), owner.agent.as_str(), key]);
        Random128(hash.finalize().into_bytes().first_chunk().copied().unwrap_or_default())
    }

    /// Where the tenants are listed.
    pub(super) fn tenants(&self) -> Partition {
        self.place(&["tenants"])
    }

    /// Where it is remembered what an agent asked for.
    pub(super) fn requests(&self, agent: &Owner) -> Partition {
        self.place(&["requests", agent.tenant.as_str(), agent.agent.as_str()])
    }

    /// Where the API keys lie.
    pub(super) fn api_keys(&self) -> Partition {
        self.place(&["keys"])
    }

    /// Where a name lies that nobody uses. A store that is shared keeps it, so that a gateway whose
    /// hash is another one notices before it writes anything.
    pub(in crate::store) fn probe(&self) -> Partition {
        self.place(&["probe"])
    }

    fn place(&self, parts: &[&str]) -> Partition {
        let mut hash = self.0.clone();
        absorb(&mut hash, parts);
        by_first_bytes(&hash.finalize().into_bytes())
    }
}

impl std::fmt::Debug for PartitionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PartitionKey(…)")
    }
}

/// Where a checkout goes that nobody has to find again without its id.
pub(super) fn anywhere(random: Random128) -> Partition {
    by_first_bytes(&random.0)
}

fn by_first_bytes(bytes: &[u8]) -> Partition {
    Partition::of_hash(bytes.first_chunk().copied().unwrap_or_default())
}

fn absorb(hash: &mut impl Update, parts: &[&str]) {
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        hash.update(&length.to_be_bytes());
        hash.update(part.as_bytes());
    }
}

/// The session itself.
pub(super) fn session(id: &SessionId) -> Key {
    joined(&[id.as_str(), "/s"])
}

/// The session as it was last said.
pub(super) fn view(id: &SessionId) -> Key {
    joined(&[id.as_str(), "/v"])
}

/// The journal of a session's completion.
pub(super) fn run(id: &SessionId) -> Key {
    joined(&[id.as_str(), "/r"])
}

/// A cart.
pub(super) fn cart(id: &CartId) -> Key {
    joined(&[id.as_str(), "/c"])
}

/// A conversation.
pub(super) fn conversation(id: &ConversationId) -> Key {
    joined(&[id.as_str(), "/n"])
}

/// A plan.
pub(super) fn plan(id: &PlanId) -> Key {
    joined(&[id.as_str(), "/p"])
}

/// What the names of all answers begin with.
pub(super) const ANSWERS: &str = "k/";

/// What is known of a caller's key.
pub(super) fn answer(key: &AnswerKey) -> Key {
    let mut hash = Sha256::new();
    absorb(
        &mut hash,
        &[
            key.owner.tenant.as_str(),
            key.owner.agent.as_str(),
            Word::of(key.operation).as_str(),
            key.about.as_ref().map_or("", Subject::as_str),
            &key.key,
        ],
    );
    joined(&[ANSWERS, &hex(&hash.finalize())])
}

/// The log of what happened to a session.
pub(super) fn history(id: &SessionId) -> Key {
    joined(&["h/", id.as_str()])
}

/// The payment book of a session.
pub(super) fn payments(id: &SessionId) -> Key {
    joined(&["p/", id.as_str()])
}

/// The log of what happened to an order.
pub(super) fn order_events(id: &OrderId) -> Key {
    joined(&["e/", id.as_str()])
}

/// The head of an order.
pub(super) fn order_head(id: &OrderId) -> Key {
    joined(&[id.as_str(), "/h"])
}

/// The log of what is to be told about an order.
pub(super) fn outbox(id: &OrderId) -> Key {
    joined(&["o/", id.as_str()])
}

/// Something that happened, by its event: of a plan, by its number.
pub(super) fn news(about: &Topic, mark: &str) -> Key {
    format!("{about}/{mark}").into()
}

/// What tells something that happened to a plan from everything else, the same whenever it is told.
pub(super) fn event_of_plan(plan: &PlanId, seq: u32) -> Random128 {
    let mut hash = Sha256::new();
    absorb(&mut hash, &["plan event", plan.as_str(), &seq.to_string()]);
    Random128(hash.finalize().first_chunk().copied().unwrap_or_default())
}

/// How far an endpoint was told of an order or a plan.
pub(super) fn delivery(id: &DeliveryId) -> Key {
    format!("{}/w/{}", id.about, id.endpoint).into()
}

/// What the names of all lists of endpoints begin with.
pub(super) const ENDPOINTS: &str = "w/";

/// The endpoints of an agent.
pub(super) fn endpoints(owner: &Owner) -> Key {
    let (tenant, agent) = (escaped(owner.tenant.as_str()), escaped(owner.agent.as_str()));
    joined(&[ENDPOINTS, &tenant, "/", &agent])
}

/// The stock ledger of an item.
pub(super) fn ledger(tenant: &TenantId, item: &ItemId) -> Key {
    joined(&["l/", &escaped(tenant.as_str()), "/", item.as_str()])
}

/// Whose ledger has this key, and of which item it is.
pub(super) fn of_ledger(key: &str) -> Option<(TenantId, ItemId)> {
    let (tenant, item) = key.strip_prefix("l/")?.split_once('/')?;
    Some((TenantId::new(unescaped(tenant)), ItemId::new(item)))
}

/// How a reservation of an item ended.
pub(super) fn ended(tenant: &TenantId, item: &ItemId, reservation: &ReservationId) -> Key {
    let (tenant, item) = (escaped(tenant.as_str()), escaped(item.as_str()));
    joined(&["x/", &tenant, "/", &item, "/", &reservation.0])
}

/// What was taken for a reservation out of a merchant's stock.
pub(super) fn adjustment(tenant: &TenantId, item: &ItemId, reservation: &ReservationId) -> Key {
    let (tenant, item) = (escaped(tenant.as_str()), escaped(item.as_str()));
    joined(&["j/", &tenant, "/", &item, "/", &reservation.0])
}

/// What an adjustment with this name was for; `None` for one of somebody else.
pub(super) fn hold_of_adjustment(name: &str, tenant: &TenantId) -> Option<(ItemId, ReservationId)> {
    let own = format!("j/{}/", escaped(tenant.as_str()));
    let (item, reservation) = name.strip_prefix(own.as_str())?.split_once('/')?;
    Some((ItemId::new(unescaped(item)), ReservationId(reservation.into())))
}

/// What all items of a tenant's catalogue begin with.
pub(super) fn items(tenant: &TenantId) -> Key {
    joined(&["c/", &escaped(tenant.as_str()), "/"])
}

/// What is written anew with every change of a tenant's catalogue.
pub(super) fn items_mark(tenant: &TenantId) -> Key {
    joined(&["cm/", &escaped(tenant.as_str())])
}

/// An item of the catalogue.
pub(super) fn item(tenant: &TenantId, item: &ItemId) -> Key {
    joined(&["c/", &escaped(tenant.as_str()), "/", item.as_str()])
}

/// What all mandates of a tenant begin with.
pub(super) fn mandates(tenant: &TenantId) -> Key {
    joined(&["d/", &escaped(tenant.as_str()), "/"])
}

/// A mandate.
pub(super) fn mandate(tenant: &TenantId, id: &MandateId) -> Key {
    joined(&[&mandates(tenant), id.as_str()])
}

/// What was taken from a mandate.
pub(super) fn mandate_ledger(id: &MandateId) -> Key {
    joined(&[id.as_str(), "/l"])
}

/// What pays in the place of a card.
pub(super) fn vault_token(id: &VaultTokenId) -> Key {
    joined(&[id.as_str(), "/t"])
}

/// Where it stands whether a shopper is who a card says.
pub(super) fn authentication(id: &AuthenticationId) -> Key {
    joined(&[id.as_str(), "/b"])
}

/// The list of tenants.
pub(super) const TENANTS: &str = "tenants";

/// What all API keys begin with.
pub(super) const API_KEYS: &str = "a/";

/// An API key.
pub(super) fn api_key(id: &str) -> Key {
    joined(&[API_KEYS, id])
}

/// When an API key was last used.
pub(super) fn use_of_api_key(id: &str) -> Key {
    joined(&["au/", id])
}

/// What an agent asked for lately.
pub(super) fn requests(agent: &Owner) -> Key {
    joined(&["q/", &escaped(agent.tenant.as_str()), "/", &escaped(agent.agent.as_str())])
}

/// Where it is known what a signature was used for: anywhere, by the signature.
pub(super) fn signatures_partition(signature: &[u8; 32]) -> Partition {
    by_first_bytes(signature)
}

/// What a signature was used for.
pub(super) fn signature(signature: &[u8; 32]) -> Key {
    joined(&["u/", &hex(signature)])
}

/// What operators did lies in one partition. It needs no hash: nobody but us names anything in it.
pub(super) fn trail_partition() -> Partition {
    Partition::of_hash([0xff; 8])
}

/// The last act of an operator.
pub(super) fn last_act() -> Key {
    "t".into()
}

/// An act of an operator.
pub(super) fn act(number: u64) -> Key {
    format!("t/{number}").into()
}

/// What all data keys begin with.
pub(super) const DATA_KEYS: &str = "m/";

/// A data key. The number has a fixed width, so that keys sort by it.
pub(super) fn data_key(number: u32) -> Key {
    format!("{DATA_KEYS}{number:08x}").into()
}

/// The number of the data key with this name.
pub(super) fn data_key_number(name: &str) -> Option<u32> {
    u32::from_str_radix(name.strip_prefix(DATA_KEYS)?, 16).ok()
}

/// A key of these parts, in memory of just its length.
fn joined(parts: &[&str]) -> Key {
    parts.concat().into()
}

/// A part of a key, without the sign that separates parts: what belongs to one tenant never looks
/// like what belongs to another whose id begins the same.
fn escaped(part: &str) -> Cow<'_, str> {
    if !part.contains(['%', '/']) {
        return part.into();
    }
    part.replace('%', "%25").replace('/', "%2f").into()
}

/// What was escaped so.
fn unescaped(part: &str) -> String {
    part.replace("%2f", "/").replace("%25", "%")
}

/// Bytes as lowercase hexadecimal digits.
pub(in crate::store) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    text.extend(digits.filter_map(|digit| char::from_digit(digit.into(), 16)));
    text
}

#[cfg(test)]
mod tests {
    use acp_core::ids::AgentId;
    use acp_core::ports::{Operation, Whose};

    use super::*;

    fn owner() -> Owner {
        Owner { tenant: TenantId::new("t"), agent: AgentId::new("a") }
    }

    fn session_id() -> SessionId {
        SessionId::parse("cs_0001_00000000000000000000000001").unwrap()
    }

    fn answer_key(operation: Operation, session: Option<SessionId>) -> AnswerKey {
        let about = session.map(Subject::Session);
        AnswerKey { owner: owner(), operation, about, key: "key-1".into() }
    }

    /// Computed by another program: `HMAC-SHA256` over the parts, each behind its length in eight
    /// bytes; the first eight bytes of it modulo 4,096.
    #[test]
    fn the_partition_of_a_name_never_changes() {
        let key = PartitionKey::new(&std::array::from_fn(|index| u8::try_from(index).unwrap()));
        let (tenant, item) = (TenantId::new("t"), ItemId::new("i"));
        assert_eq!(key.checkout(&owner(), "key-1").number(), 3228);
        assert_eq!(key.stock(&tenant, &item).number(), 3273);
        assert_eq!(key.catalog(&tenant).number(), 884);
        assert_eq!(key.api_keys().number(), 1643);
        assert_eq!(key.tenants().number(), 3048);
        assert_eq!(key.stock(&TenantId::new("ti"), &ItemId::new("")).number(), 2252);
        assert_eq!(data_keys_partition().number(), 0);
    }

    /// Computed by another program, too: the first sixteen bytes.
    #[test]
    fn the_bits_of_a_cart_never_change() {
        let key = PartitionKey::new(&std::array::from_fn(|index| u8::try_from(index).unwrap()));
        let bits = |nth| u128::from_be_bytes(key.bits_of_cart(&owner(), "key-1", nth).0);
        assert_eq!(bits(0), 0x7321_1eac_4c30_851c_e1d1_d85e_28a7_8f97);
        assert_eq!(bits(1), 0x5e14_03b0_4bc3_a90b_847d_5db2_5503_d589);
    }

    #[test]
    fn the_name_of_an_answer_never_changes() {
        assert_eq!(
            &*answer(&answer_key(Operation::Open, None)),
            "k/44df86c247ea26677753c9085433214dd884b192515fe4dd4297b92aaa18e9a2"
        );
        assert_eq!(
            &*answer(&answer_key(Operation::Complete, Some(session_id()))),
            "k/bb5e7bd1560474328db2a075f671003aba484874990926c4260a7f8c4e180dfc"
        );
    }

    #[test]
    fn the_names_of_records_never_change() {
        let id = session_id();
        let cart_id = CartId::parse("cart_0001_00000000000000000000000001").unwrap();
        let order = OrderId::parse("ord_0001_00000000000000000000000001").unwrap();
        let (tenant, item) = (TenantId::new("a/b"), ItemId::new("c/d"));
        let reservation = ReservationId("r/1".into());
        for (name, expected) in [
            (session(&id), "cs_0001_00000000000000000000000001/s"),
            (view(&id), "cs_0001_00000000000000000000000001/v"),
            (run(&id), "cs_0001_00000000000000000000000001/r"),
            (cart(&cart_id), "cart_0001_00000000000000000000000001/c"),
            (payments(&id), "p/cs_0001_00000000000000000000000001"),
            (history(&id), "h/cs_0001_00000000000000000000000001"),
            (order_events(&order), "e/ord_0001_00000000000000000000000001"),
            (outbox(&order), "o/ord_0001_00000000000000000000000001"),
            (ledger(&tenant, &item), "l/a%2fb/c/d"),
            (ended(&tenant, &item, &reservation), "x/a%2fb/c%2fd/r/1"),
            (adjustment(&tenant, &item, &reservation), "j/a%2fb/c%2fd/r/1"),
            (super::item(&tenant, &item), "c/a%2fb/c/d"),
            (items(&tenant), "c/a%2fb/"),
            (items_mark(&tenant), "cm/a%2fb"),
            (TENANTS.into(), "tenants"),
            (api_key("k1"), "a/k1"),
            (use_of_api_key("k1"), "au/k1"),
            (data_key(26), "m/0000001a"),
            (
                signature(&[0xab; 32]),
                "u/abababababababababababababababababababababababababababababababab",
            ),
        ] {
            assert_eq!(&*name, expected);
        }
        assert_eq!(of_ledger("l/a%2fb/c/d"), Some((tenant.clone(), item.clone())));
        assert_eq!(of_ledger(&ledger(&TenantId::new("%2f"), &item)).unwrap().0.as_str(), "%2f");
        assert_eq!(of_ledger("x/a/b"), None);
        let owner = Owner { tenant: tenant.clone(), agent: AgentId::new("e") };
        assert_eq!(&*requests(&owner), "q/a%2fb/e");
        assert_eq!(orders_of(&Whose::Agent(owner)), "orders/e5b1979433373856440b543358cccd9d");
        assert_eq!(
            orders_of(&Whose::Tenant(tenant.clone())),
            "orders/c9d2a281f34f1266b9d4c005960dba0e"
        );
        assert_eq!(opened_of(&tenant), "opened/c9d2a281f34f1266b9d4c005960dba0e");
        assert_eq!(data_key_number("m/0000001a"), Some(26));
        let odd = ItemId::new("c/%2fd%");
        let name = adjustment(&tenant, &odd, &reservation);
        assert_eq!(hold_of_adjustment(&name, &tenant), Some((odd, reservation)));
        assert_eq!(hold_of_adjustment("j/a/c/d/r", &tenant), None);
    }
}
