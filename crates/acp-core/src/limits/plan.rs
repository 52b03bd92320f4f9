//! Bounds of plans, of the sentences they come from, and of what a language model is told of them.

use std::time::Duration;

/// Longest discount code, in characters.
pub const DISCOUNT_CODE_CHARS_MAX: usize = 64;
/// Most operations of one plan.
pub const PLAN_OPERATIONS_MAX: usize = 32;
/// Most of one item that a plan may speak of.
pub const PLAN_COUNT_MAX: u32 = 999;
/// Most search results a plan names.
pub const PLAN_RESULTS_MAX: usize = 50;
/// Most candidates of a question, alternatives of an issue and fallbacks of an operation.
pub const PLAN_CANDIDATES_MAX: usize = 10;
/// Most goods of a category that are looked at to find alternatives.
pub const ALTERNATIVES_RANKED_MAX: usize = 5_000;
/// Most questions asked at once.
pub const PLAN_QUESTIONS_MAX: usize = 3;
/// Longest utterance that is read, in characters.
pub const UTTERANCE_CHARS_MAX: usize = 2_000;
/// Most items a dialogue remembers as spoken of.
pub const SALIENCE_MAX: usize = 20;
/// How long a conversation is remembered after its last sentence.
pub const CONVERSATION_LIFE: Duration = Duration::from_hours(24);
/// Most sentences a conversation remembers something of.
pub const CONVERSATION_TURNS_KEPT: usize = 20;
/// Most orders of a shopper that a conversation knows of.
pub const CONVERSATION_ORDERS_MAX: usize = 20;
/// Most words of an utterance that are looked up as the ids of orders.
pub const UTTERANCE_ORDERS_MAX: usize = 3;
/// How often a sentence is read again because it speaks of goods nobody has counted yet.
pub const READINGS_MAX: usize = 6;
/// How long a sentence waits for its turn to be read.
pub const READING_WAIT: Duration = Duration::from_secs(1);
/// Most tenants whose catalogues are held ready to be spoken of.
pub const INDEXES_MAX: usize = 64;
/// How long a sentence waits for its catalogue to be read anew, where an older reading is there.
pub const INDEX_WAIT: Duration = Duration::from_millis(250);
/// Most that is remembered of what happened to a plan. The oldest makes room.
pub const PLAN_MOMENTS_MAX: usize = 200;
/// How often a plan is planned anew because something changed while it ran.
pub const PLAN_REPLANS_MAX: u32 = 2;
/// How long a plan is good that nobody has approved or begun.
pub const PLAN_LIFE: Duration = Duration::from_mins(15);
/// How long an approval of a plan is good.
pub const APPROVAL_LIFE: Duration = Duration::from_mins(10);
/// How long a plan may take until it begins to pay. After that it is called off.
pub const PLAN_DEADLINE: Duration = Duration::from_mins(1);
/// How long a plan that has ended can be read.
pub const PLAN_KEPT: Duration = Duration::from_hours(24);
/// After this long it is looked whether a plan is still there of which everything is told, or
/// nothing more is: what is known of telling it is forgotten with it.
pub const PLAN_DELIVERY_LOOK: Duration = Duration::from_hours(25);
/// How long whoever follows a plan hears of it in one answer; then it asks again.
pub const PLAN_FOLLOWED_MAX: Duration = Duration::from_mins(5);
/// How often somebody who follows a plan hears that nothing is new.
pub const PLAN_HEARTBEAT: Duration = Duration::from_secs(15);
/// Most answers at a time in which plans are followed.
pub const PLAN_FOLLOWERS_MAX: usize = 1_024;
/// Most of them of one caller.
pub const PLAN_FOLLOWERS_OF_CALLER_MAX: usize = 32;
/// How long whoever plans from the command line waits for an answer.
pub const PLAN_CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest answer it reads.
pub const PLAN_ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How often in a row whoever follows a plan there comes back without hearing anything.
pub const PLAN_RETURNS_MAX: u32 = 5;
/// Plans on one page of a listing.
pub const PLANS_PAGE: usize = 50;

/// Most earlier turns of a dialogue a model is told of.
pub const MODEL_TURNS_MAX: usize = 12;
/// Most deeds of one turn, and most items of one deed, a model is told of.
pub const MODEL_DEEDS_MAX: usize = 8;
/// Most items a model chooses among.
pub const MODEL_CANDIDATES_MAX: usize = 40;
/// Where the title of an item ends for a model, in characters.
pub const MODEL_TITLE_CHARS_MAX: usize = 80;
/// Most attributes of an item a model is told.
pub const MODEL_ATTRIBUTES_MAX: usize = 8;
/// Where the name and the value of such an attribute end, in characters.
pub const MODEL_ATTRIBUTE_CHARS_MAX: usize = 40;
/// Most answers of a model that are remembered.
pub const MODEL_ANSWERS_MAX: usize = 1_000;
/// How long they are.
pub const MODEL_ANSWER_LIFE: Duration = Duration::from_hours(1);
