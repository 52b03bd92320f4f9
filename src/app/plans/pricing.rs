//! What a plan would cost: the checkout as it would be, worked out by the rules of checkouts and
//! written nowhere.

use acp_core::ids::{PlanId, SessionId};
use acp_core::plan::{
    AddressText, DeliveryWish, DiscountCode, Issue, IssueKind, Outline, PlanWish, PlannedLine,
    Question, Slot, Without,
};
use acp_core::refusal::Refusal;
use acp_core::session::{
    Address, Buyer, ChangeSession, Contact, FulfillmentOption, Interventions, Method, MethodKind,
    NoticeCode, OpenSession, Owner, Patch, Profile, Quantity, Readiness, Selection, Session, Stage,
    Wanted,
};

use super::lines::Ground;
use crate::app::{App, Failure};

/// The checkout as it would be.
pub(super) struct Priced {
    pub(super) session: Session,
    pub(super) selections: Vec<Selection>,
    pub(super) codes: Vec<Box<str>>,
    pub(super) buyer: Option<Buyer>,
    pub(super) contact: Option<Contact>,
}

/// Why there is no price.
#[derive(Default)]
pub(super) struct Unpriced {
    pub(super) issues: Vec<Issue>,
    pub(super) questions: Vec<Question>,
}

impl From<Issue> for Unpriced {
    fn from(issue: Issue) -> Self {
        Self { issues: vec![issue], questions: Vec::new() }
    }
}

/// What is asked of a checkout that does not exist yet, or of the one that does.
pub(super) struct Asked {
    pub(super) open: OpenSession,
}

impl App {
    /// What a plan would cost.
    pub(super) async fn priced(
        &self,
        (owner, id): (&Owner, &PlanId),
        wish: &PlanWish,
        (ground, outline): (&Ground, &Outline),
        lines: &[PlannedLine],
    ) -> Result<Result<Priced, Unpriced>, Failure> {
        let asked = asked(wish, ground, outline, lines);
        let (buyer, contact) = (asked.open.buyer.clone(), asked.open.contact.clone());
        let codes = asked.open.codes.clone();
        let opened = match self.projected(owner, id, ground, asked).await? {
            Ok(session) => session,
            Err(refusal) => return Ok(Err(refused(&refusal).into())),
        };
        let selections = match selections(&opened.quote.methods, outline.delivery.as_ref()) {
            Ok(selections) => selections,
            Err(issue) => return Ok(Err(issue.into())),
        };
        let session = if selections.is_empty() {
            opened
        } else {
            match self.with_delivery(opened, selections.clone()).await? {
                Ok(session) => session,
                Err(refusal) => return Ok(Err(refused(&refusal).into())),
            }
        };
        if let Some(issue) = code_that_is_a_condition(&session, outline) {
            return Ok(Err(issue.into()));
        }
        let rejected = &session.quote.discounts.rejected;
        let is_taken = |code: &str| rejected.iter().all(|it| *it.code != *code);
        let codes = codes.into_iter().filter(|code| is_taken(code)).collect();
        Ok(match &session.stage {
            Stage::Open(Readiness::Ready { .. }) => {
                Ok(Priced { session, selections, codes, buyer, contact })
            }
            Stage::Open(Readiness::Incomplete) => Err(incomplete(&session)),
            _ => Err(blocked(&session)),
        })
    }

    /// The checkout as it would be opened, or changed where it is there.
    async fn projected(
        &self,
        owner: &Owner,
        id: &PlanId,
        ground: &Ground,
        Asked { open }: Asked,
    ) -> Result<Result<Session, Refusal>, Failure> {
        let now = self.ports.clock.now();
        let setting = self.setting(now);
        if let Some(session) = &ground.session {
            let planned = session.basket_after(as_change(&open));
            let about = (&owner.tenant, session.id.as_str());
            let stores = self.stores(about, &planned.0.wishes()).await?;
            return Ok(match session.change(planned, &stores, &setting) {
                Ok(event) => Ok(session.after(event, now)?),
                Err(refusal) => Err(refusal),
            });
        }
        let stores = self.stores((&owner.tenant, id.as_str()), &open.wishes()).await?;
        // It is never written: it needs a name to be worked out, and has no other use for it.
        let name = SessionId::new(id.partition(), self.ports.entropy.random128());
        Ok(Session::open(name, owner.clone(), open, &stores, &setting))
    }

    async fn with_delivery(
        &self,
        session: Session,
        selections: Vec<Selection>,
    ) -> Result<Result<Session, Refusal>, Failure> {
        let now = self.ports.clock.now();
        let planned = session.basket_after(choosing(&session, selections));
        let about = (&session.owner.tenant, session.id.as_str());
        let stores = self.stores(about, &planned.0.wishes()).await?;
        Ok(match session.change(planned, &stores, &self.setting(now)) {
            Ok(event) => Ok(session.after(event, now)?),
            Err(refusal) => Err(refusal),
        })
    }
}

/// What chooses a delivery, and changes nothing else.
pub(super) fn choosing(session: &Session, selections: Vec<Selection>) -> ChangeSession {
    ChangeSession {
        profile: session.basket.profile,
        selections: Patch::Set(selections),
        ..ChangeSession::default()
    }
}

/// The same wishes for a checkout that is there.
pub(super) fn as_change(open: &OpenSession) -> ChangeSession {
    ChangeSession {
        profile: open.profile,
        wanted: Some(open.wanted.clone()),
        buyer: open.buyer.clone().map_or(Patch::Keep, Patch::Set),
        contact: open.contact.clone().map_or(Patch::Keep, Patch::Set),
        codes: Patch::Set(open.codes.clone()),
        ..ChangeSession::default()
    }
}

/// What a checkout for these lines is opened with.
pub(super) fn opening(
    lines: &[PlannedLine],
    codes: Vec<Box<str>>,
    buyer: Option<Buyer>,
    contact: Option<Contact>,
) -> OpenSession {
    let wanted = |planned: &PlannedLine| {
        let quantity = Quantity::new(planned.line.quantity)?;
        Some(Wanted { item: planned.line.item.clone(), quantity })
    };
    OpenSession {
        profile: Profile::default(),
        currency: None,
        wanted: lines.iter().filter_map(wanted).collect(),
        buyer,
        contact,
        order_notes: None,
        locale: None,
        timezone: None,
        quote_id: None,
        metadata: None,
        interventions: Interventions::default(),
        wants_discounts: !codes.is_empty(),
        codes,
        groups: Vec::new(),
        attribution: None,
    }
}

fn asked(wish: &PlanWish, ground: &Ground, outline: &Outline, lines: &[PlannedLine]) -> Asked {
    let known = match (&wish.contact, &ground.contact) {
        (Some(said), Some(known)) => Some(said.clone().or(known)),
        (Some(said), None) => Some(said.clone()),
        (None, known) => known.clone(),
    };
    let buyer = wish.buyer.clone().or_else(|| ground.buyer.clone());
    let contact = match &outline.address {
        Some(spoken) => Some(at_spoken_address(spoken, known, buyer.as_ref())),
        None => known,
    };
    let is_kept = |code: &str| match &outline.without {
        Without::None => true,
        Without::All => false,
        Without::These(codes) => codes.iter().all(|it| !is_code(code, it)),
    };
    let mut codes: Vec<Box<str>> =
        ground.codes.iter().filter(|code| is_kept(code)).cloned().collect();
    for (code, _) in &outline.codes {
        if codes.iter().all(|known| !is_code(known, code)) {
            codes.push(code.as_str().into());
        }
    }
    Asked { open: opening(lines, codes, buyer, contact) }
}

fn is_code(text: &str, code: &DiscountCode) -> bool {
    text.eq_ignore_ascii_case(code.as_str())
}

/// A contact at an address that was spoken. Nobody speaks of the country: it is the one that was
/// given before.
fn at_spoken_address(
    spoken: &AddressText,
    known: Option<Contact>,
    buyer: Option<&Buyer>,
) -> Contact {
    let known = known.unwrap_or_default();
    let named = |buyer: &Buyer| buyer.full_name.clone().or_else(|| buyer.first_name.clone());
    let before = known.address.as_ref();
    let name = before.map(|address| address.name.clone());
    let name = name.or_else(|| known.name.clone()).or_else(|| buyer.and_then(named));
    let address = Address {
        name: name.unwrap_or_default(),
        line_one: spoken.line_one.clone(),
        line_two: None,
        city: spoken.city.clone(),
        state: spoken.state.clone(),
        country: before.map_or_else(|| DEFAULT_COUNTRY.into(), |address| address.country.clone()),
        postal_code: spoken.postal_code.clone(),
        company: None,
        phone_number: before.and_then(|address| address.phone_number.clone()),
    };
    Contact { address: Some(address), ..known }
}

/// The sentences that are read are English, and their addresses those of the United States.
const DEFAULT_COUNTRY: &str = "US";

/// The delivery that is wanted, of those that are offered; without a wish it is what was chosen, or
/// else the cheapest that comes to the buyer.
fn selections(methods: &[Method], wish: Option<&DeliveryWish>) -> Result<Vec<Selection>, Issue> {
    let selection = |kind: MethodKind, option: &FulfillmentOption| Selection {
        kind: Some(kind),
        option: option.id.clone(),
        items: Vec::new(),
    };
    let mut chosen = Vec::new();
    let offered = || {
        methods
            .iter()
            .flat_map(|method| method.options.iter().map(move |option| (method.kind, option)))
    };
    if let Some(DeliveryWish::Named(name)) = wish {
        let is_it = |kind: MethodKind, option: &FulfillmentOption| {
            option.id.as_str().eq_ignore_ascii_case(name)
                || option.title.eq_ignore_ascii_case(name)
                || kind_name(kind).eq_ignore_ascii_case(name)
        };
        let Some((kind, option)) = offered().find(|(kind, option)| is_it(*kind, option)) else {
            if methods.is_empty() {
                return Ok(Vec::new());
            }
            let names: Vec<&str> = offered().map(|(_, option)| option.id.as_str()).collect();
            let message = format!("There is no delivery {name}. There is {}.", names.join(", "));
            return Err(Issue::new(IssueKind::NotFound, message));
        };
        chosen.push(selection(kind, option));
    }
    for is_digital in [false, true] {
        let is_of = |kind: MethodKind| (kind == MethodKind::Digital) == is_digital;
        let is_chosen = chosen.iter().any(|it| it.kind.is_some_and(is_of));
        let was_chosen = methods.iter().any(|it| is_of(it.kind) && !it.groups.is_empty());
        if is_chosen || was_chosen && wish.is_none() {
            continue;
        }
        let coming = offered().filter(|(kind, _)| is_of(*kind) && *kind != MethodKind::Pickup);
        let best = match wish {
            Some(DeliveryWish::Fastest) => coming.min_by_key(|(_, option)| {
                (option.window.map(|window| window.latest), option.price.minor())
            }),
            Some(DeliveryWish::Cheapest | DeliveryWish::Named(_)) | None => {
                coming.min_by_key(|(_, option)| {
                    (option.price.minor(), option.window.map(|window| window.latest))
                })
            }
        };
        chosen.extend(best.map(|(kind, option)| selection(kind, option)));
    }
    Ok(chosen)
}

const fn kind_name(kind: MethodKind) -> &'static str {
    match kind {
        MethodKind::Shipping => "shipping",
        MethodKind::Digital => "digital",
        MethodKind::Pickup => "pickup",
        MethodKind::LocalDelivery => "local_delivery",
    }
}

fn code_that_is_a_condition(session: &Session, outline: &Outline) -> Option<Issue> {
    let rejected = &session.quote.discounts.rejected;
    let is_missed = |code: &DiscountCode| rejected.iter().any(|it| is_code(&it.code, code));
    let (code, _) = outline.codes.iter().find(|(code, must)| *must && is_missed(code))?;
    let message = format!("The code {} is not accepted, and the rest hangs on it.", code.as_str());
    Some(Issue::new(IssueKind::NotFound, message))
}

fn refused(refusal: &Refusal) -> Issue {
    let kind = match refusal {
        Refusal::UnknownItem { .. } => IssueKind::NotFound,
        Refusal::CurrencyUnclear { .. } | Refusal::OtherCurrency { .. } => IssueKind::Clarify,
        Refusal::AmountTooLarge => IssueKind::OverBudget,
        _ => IssueKind::Refused,
    };
    Issue::new(kind, format!("The shop says no: {refusal}."))
}

/// What the checkout still lacks, as questions.
fn incomplete(session: &Session) -> Unpriced {
    let missing = session.quote.notices.iter().filter(|notice| notice.is_blocking());
    let question = |path: &str| Question {
        slot: Slot::Address,
        prompt: if path.starts_with("$.buyer") {
            "Who buys it? Send `buyer` with a name and an e-mail address.".into()
        } else {
            "Where does it go? Send `fulfillment_details` with a name and an address.".into()
        },
        candidates: Vec::new(),
        quantity: None,
    };
    let mut questions: Vec<Question> = Vec::new();
    for notice in missing {
        let asked = question(notice.path.as_deref().unwrap_or_default());
        if questions.iter().all(|known| known.prompt != asked.prompt) {
            questions.push(asked);
        }
    }
    Unpriced { issues: Vec::new(), questions }
}

/// What stands in the way of the checkout, as issues.
fn blocked(session: &Session) -> Unpriced {
    let issue = |code: NoticeCode| match code {
        NoticeCode::OutOfStock | NoticeCode::LowStock | NoticeCode::QuantityExceeded => {
            Issue::new(IssueKind::Unavailable, "Something cannot be had in this number.")
        }
        NoticeCode::RegionRestricted => {
            Issue::new(IssueKind::Refused, "The shop does not deliver there.")
        }
        NoticeCode::ApprovalRequired => {
            Issue::new(IssueKind::Refused, "The shop looks at orders of this size by itself first.")
        }
        _ => Issue::new(IssueKind::Refused, "The checkout cannot be paid for like this."),
    };
    let blocking = session.quote.notices.iter().filter(|notice| notice.is_blocking());
    let mut issues: Vec<Issue> = Vec::new();
    for found in blocking.map(|notice| issue(notice.code)) {
        if !issues.contains(&found) {
            issues.push(found);
        }
    }
    Unpriced { issues, questions: Vec::new() }
}
