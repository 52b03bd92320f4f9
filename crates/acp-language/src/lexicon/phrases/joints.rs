//! What joins, points, limits, and what says nothing.

use crate::lexicon::Mark;

pub(super) const LIST: &[(Mark, &str)] = &[
    (
        Mark::And,
        "and|plus|also|as well as|along with|together with|in addition|and also|n|additionally|followed by",
    ),
    (Mark::Then, "then|and then|after that|afterwards|next|finally|and finally"),
    (Mark::With, "with|without changing|having"),
    (Mark::To, "to|into|onto|down to|up to|over to"),
    (Mark::By, "by"),
    (Mark::For, "for"),
    (Mark::In, "in|in a|in the|in an|in color|in colour|on"),
    (Mark::Size, "size|in size|in a size|sized|a size|in the size|size of"),
    (Mark::Of, "of|of the|of my"),
    (
        Mark::InsteadOf,
        "instead of|rather than|in place of|in lieu of|over the|in exchange for|as opposed to",
    ),
    (
        Mark::Later,
        "later|tomorrow|tonight|another time|next time|some other time|next week|in a bit|\
         in a minute|soon|eventually|one day|another day|after lunch|when i get home|at some point",
    ),
    (Mark::Instead, "instead|rather"),
    (
        Mark::Correct,
        "sorry|no wait|wait no|wait|oops|no sorry|sorry no|i mean|i meant|or rather|make that|no make that|\
         no make it|scratch that|actually|actually no|no actually|correction|on second thought|\
         on second thoughts|hang on|hold on|my mistake|my bad|whoops|no hold on|no hang on|\
         no i mean|no i meant|sorry i mean|sorry i meant|i meant to say|strike that|erm no|\
         um no|uh no|wait make that|sorry make that|wait actually|actually make that|\
         actually make it|sorry make it|wait make it|let me correct that|check that|better make it",
    ),
    (
        Mark::IfGone,
        "is gone|are gone|is sold out|are sold out|is out of stock|are out of stock|\
         is unavailable|are unavailable|isnt available|arent available|is not available|\
         are not available|runs out|ran out|run out|is out|are out|arent in stock|isnt in stock|\
         is not in stock|are not in stock|have run out|has run out|has sold out|have sold out|\
         cant be had|is not there|isnt there|doesnt exist|not in stock|not available|unavailable|\
         if you dont have it|if you dont have that|if you dont have them|if you dont have any|\
         if you dont have those|if its gone|if its sold out|if its out of stock|\
         if its not available|if its unavailable|if not available|if not in stock|if thats gone|\
         if thats out of stock|if thats sold out|if thats unavailable|if thats not available|\
         if theyre gone|if theyre sold out|if theyre out of stock|if they are sold out|\
         if they are out of stock|if they are gone|if it is sold out|if it is out of stock|\
         if it is gone|if youre out|if you are out|if youre out of it|if youre out of that|\
         if youre out of them|if out of stock|if sold out|if unavailable|if its out|\
         if theyre unavailable|if theyre not available|if you have none|if you have none left|\
         if you ran out|if you run out|if there are none|if there is none|if there arent any|\
         if there isnt any|if theres none|if theres none left|if none are left|if none is left|\
         if they arent available|if they are unavailable|if that is gone|if that is out of stock|\
         if that is sold out|if that isnt available|if it isnt available|if its not in stock|\
         if thats not in stock|if theyre not in stock|if you cant get it|if you cant get that",
    ),
    (
        Mark::Otherwise,
        "otherwise|or else|failing that|if not|or if not|if that fails|and if not|if thats not possible|\
         as a backup|as backup|as a fallback|or as a backup|if neither|with a fallback of|failing which|or failing that|else|\
         as a substitute|but if not|second choice|as a second choice",
    ),
    (
        Mark::IfNone,
        "if you dont have|if youre out of|if you are out of|if theres no|if there is no|\
         if there are no|if you have no|if you cant find|if you dont have the|if youre out of the|\
         if you dont have any|if there isnt any|if there arent any|if you run out of|in case you dont have",
    ),
    (Mark::If, "if|when|unless|provided|assuming"),
    (Mark::Or, "or|either"),
    (
        Mark::Not,
        "not|isnt|arent|aint|but not|not the|but not the|except|except for|except the|other than|excluding|\
         anything but|without|no|not in|just not|but no|and no|but without|apart from|non|minus the|\
         just not the|as long as its not|as long as it isnt|but nothing|anything except",
    ),
    (
        Mark::Dont,
        "keep the rest|keep the others|keep the other|leave the rest|leave the others|\
         keep everything else|leave everything else|but keep|maybe i|maybe ill|maybe i will|perhaps i|perhaps ill|maybe we|maybe well|dont|do not|dont you|please dont|never|dont add|do not add|dont buy|do not buy|dont order|\
         do not order|dont remove|do not remove|dont check out|do not check out|dont pay|\
         do not pay|dont place|do not place|dont checkout|do not checkout|im not ready to|not ready to|\
         i am not ready to|before i|before we|before you|dont charge|do not charge|dont clear|\
         do not clear|dont delete|do not delete|dont change|do not change|dont get|do not get|\
         how do i|how can i|how would i|how does one|should i|what if i|what happens if|\
         i might|we might|maybe later|i may|i was thinking about|i havent decided|i almost|\
         i already bought|i already have|i used to|i would never|i wouldnt|dont let|wont",
    ),
    (Mark::It, "it|that|this|that one|this one|the item|that item|this item"),
    (Mark::Them, "of those|of these|of them|them|those|these|they|those ones|these ones"),
    (Mark::One, "ones|the ones|the one"),
    (
        Mark::Same,
        "same|the same|same one|the same one|same thing|the same thing|same again in|similar",
    ),
    (Mark::Both, "both|the two|the pair of them|both of them|both of those|both of these"),
    (
        Mark::All,
        "all|every|everything|all of|all the|all of the|all my|all of my|all of them|all of those|\
         entire|every one|everyone|all these|all those|each one|the lot|all of it",
    ),
    (
        Mark::Any,
        "whichever|whatever|i dont mind which|i dont care which one|will do|would do|is fine|are fine|\
         would be fine|works fine|would work|i dont mind|dont mind|any one|anyone|any kind|either one|you choose|\
         you pick|your choice|dont care|i dont care|doesnt matter|it doesnt matter|any of them|\
         any of those|any of these|i dont mind which|dont care which one|surprise me|either is fine|any is fine|any color|any colour|\
         any size|any brand|any will do|whichever you have|no preference|dont care which|\
         i dont care which|dont mind which|i dont mind which|any flavor|anything|some kind of|\
         whichever one|either works|any works|any old|whichever is in stock|up to you|\
         either of them|either of those|any type|doesnt matter which|any sort|i have no preference|\
         either way|whatever color|whatever colour|whatever size|whatever you have|pick one|\
         just pick one|choose one|choose for me|pick for me|not fussy|im not fussy|not picky|\
         im not picky|i am not picky|any variety|in any color|in any colour|in any size",
    ),
    (
        Mark::Each,
        "each|apiece|of each|each of|one of each|each of them|each of those|per item|per piece|a piece",
    ),
    (
        Mark::Another,
        "another|one more|an additional|an extra|another one|one extra|one additional|yet another",
    ),
    (Mark::More, "more|extra of|additional|more of|extra ones|further"),
    (Mark::Less, "fewer|less"),
    (
        Mark::Nth(1),
        "first|1st|the first|first one|number one|the former|top one|the top one|top result|the first result|the top result|option 1|option one|number 1",
    ),
    (
        Mark::Nth(2),
        "second|2nd|the second|second one|number two|the latter|second result|the second result|option 2|option two|number 2",
    ),
    (Mark::Nth(3), "third|3rd|the third|third one|number three|option 3|option three|number 3"),
    (Mark::Nth(4), "fourth|4th|the fourth|fourth one|number four|option 4|number 4"),
    (Mark::Nth(5), "fifth|5th|the fifth|fifth one|number five|option 5|number 5"),
    (Mark::Last, "last|the last|last one|final|the last one|latest|most recent"),
    (Mark::Other, "other|other one|the other|the other one|others|rest"),
    (
        Mark::Cheapest,
        "cheapest|the cheapest|least expensive|lowest priced|lowest price|most affordable|\
         cheapest one|most inexpensive|cheaper one|the cheaper one|the cheaper|cheaper|\
         most economical|best priced|cheapest you have|less expensive one|less expensive|budget|\
         lowest cost|the lower priced",
    ),
    (
        Mark::Dearest,
        "most expensive|priciest|the priciest|highest priced|most costly|dearest|fanciest|\
         the most expensive|pricier one|the pricier one|more expensive one|more expensive|\
         top of the line|pricier|highest price",
    ),
    (
        Mark::Total,
        "in total|altogether|all together|total|overall|combined|all in|for everything|for the lot|\
         for all of it|for all of them|spend|in all|all up|sum total|for both|as a total|\
         for the whole order|for the whole lot|for the order|on everything|put together",
    ),
    (
        Mark::Cart,
        "cart|basket|my cart|the cart|my basket|the basket|shopping cart|shopping basket|\
         my shopping cart|to my cart|to the cart|to my basket|to the basket|in my cart|\
         in the cart|in my basket|in the basket|\
         to cart|to basket|into my cart|into the cart|into my basket|\
         into the basket|to my order|to the order|in my order|\
         to my shopping cart|in my shopping cart|of my cart|of the cart|\
         on my order|\
         to my bag|in my bag|in cart|onto my order|onto the order|\
         to my list|on my list|to the list|in there|\
         on the order|to this order|to that order|to my shopping basket|in my shopping basket|bag please",
    ),
    (
        Mark::Filler,
        "please|pls|plz|preferably|ideally|would you mind|do you mind|mind|use|ready|im ready|i am ready|\
         all set|do me a favor|do me a favor and|do me a favour|do me a favour and|shopping list|\
         my shopping list|my list|here is my list|heres my list|my order is|if you have it|if you have them|\
         if you have any|if you have some|if its in stock|if theyre in stock|if available|if its available|\
         if there are any|if thats ok|if its ok|if it is in stock|if they are in stock|if it is available|\
         if any are left|if there are any left|if you still have it|if you still have them|the|some|just|my|me|i|you|we|can|could|would|like|um|uh|er|erm|well|so|\
         now|too|as well|only|really|maybe|perhaps|kindly|can you|could you|would you|will you|\
         hey can you|lets|let|us|our|your|their|that you have|you have|you sell|do|im|ill|id|ive|\
         if possible|if you can|if you could|right now|thats|its|theyre|there|here|by the way|\
         i think|i guess|i suppose|i believe|if you dont mind|quickly|go|have|had|be|will|\
         for me|for us|to me|at the moment|for now|today|also please|\
         of your|of our|from you|from your store|from the store|in stock|on sale|any more|\
         but|yet|still|then please|oh|ah|ooh|hmm ok|hm ok|worth of|worth|total of|a total of|\
         exactly|about|around|approximately|roughly|first of all|start with|to start|to begin|\
         which is|which are|that is|that are|thats in|is|are|does|got|quantity|qty|count|amount|number|pcs|pc|\
         must be|should be|needs to be|has to be|as|at|than|was|were|bit|little bit|kind of|sort of|\
         and please|while youre at it|this time|as usual|another thing|one thing|actually please|\
         these days|anymore|any longer|come in|comes in|come|comes|keep it|keeping it|keep the whole thing|keep everything|stay|way|cost|costs|cost me|selling for|go for|going for|priced at|sell|carry|offer|\
         dear|sir|friend|mate|buddy|pal|assistant|okay so|ok so|alright so|right so|right|\
         called|named|titled|copy of|copies of|a copy of|the one called|straight away|asap|\
         immediately|at once|definitely want|urgently|before i forget|of it|have a|having said that|am",
    ),
    (
        Mark::Aside,
        "because|since|we are out of|were out of|i am out of|im out of|running low on|\
         were running low on|im running low on|so that|so i can|in case|i have a|i have an|i have|we have|ive got|weve got|its for|this is for|\
         for my|for our|for his|for her|for their|as i|im having|im making|we are having|\
         were having|im cooking|im baking|my wife|my husband|my kids|my daughter|my son|\
         my mom|my mum|my dad|my friend|my boss|my dog|my cat|my flat|my house|my wife says|there are|there will be|theres|i am having|\
         in order to|ahead of|before the|after the|until|i turned|i am turning|im turning|\
         its my|its our|my birthday|we are|i am making|i just moved|we just moved|i live|we live|\
         last time|last week|last year|yesterday|my neighbor|my neighbour|our|guests|when i|while i|\
         i saw|i read|i heard|my brother|my sister|my mother|my father|my partner|my team|\
         my office|my room|my apartment|my garden|my kitchen|to replace|to go with|to match|he is|she is|hes|shes|who is|whos",
    ),
];
