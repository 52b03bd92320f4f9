use super::Mark;

/// Phrases, separated by `|`, without apostrophes.
pub(super) const ALL: &[(Mark, &str)] = &[
    (
        Mark::Add,
        "add|ad|adds|adding|get|grab|want|need|i want|i need|id like|i would like|id love|ill have|\
         ill take|i will take|i will have|give me|gimme|get me|can i have|can i get|could i have|\
         could i get|may i have|can we get|can you get me|can you add|could you add|let me have|\
         let me get|throw in|toss in|toss|include|pick up|send me|bring me|we need|we want|\
         well take|wed like|im after|chuck in|pop|stick|put me down for|sign me up for|hook me up with|\
         set me up with|i could use|lets get|lets add|lets have|lets do|lets go with|go with|\
         ill go with|fetch|fetch me|load up|stock up on|i require|looking to buy|im looking to buy|\
         want to buy|want to order|i want to buy|i want to order|id like to order|id like to buy|\
         i would like to order|i would like to buy|need to buy|need to order|i need to order|\
         looking to get|im going to need|we are out of|were out of|i am out of|im out of|\
         running low on|we also need|i also need|i also want|also add|also get|plus add|\
         i think ill have|i guess ill take|may i get|could we get|reserve|select|choose|drop in|\
         slip in|squeeze in|i wanna get|i wanna buy|wanna|i wanna|i choose|ill get|ill buy|\
         do me|i wish to buy|make sure i have|put in an order for|place an order for|hand me|\
         i am in need of|im in need of|treat me to|add in|add on|dont forget|do not forget|\
         dont forget to add|and dont forget|to buy|to order|to get",
    ),
    (Mark::Buy, "buy|order|purchase|buy me|order me|go ahead and buy|go ahead and order"),
    (Mark::Put, "put|place|move|bring"),
    (Mark::Take, "take|pull|kick|leave|throw|toss"),
    (
        Mark::Out,
        "out|back|off|away|out of my cart|out of the cart|out of my basket|out of the basket|\
         off my order|off the order|from my cart|from the cart|from my basket|from the basket|\
         from my order|from the order|from my shopping cart|from my bag|from cart|from there|\
         from my list|off my list|out of there|out of my bag|off of my order|out of my order",
    ),
    (
        Mark::Remove,
        "remove|delete|drop|take out|take off|take away|get rid of|lose|ditch|scrap|throw out|\
         throw away|put back|leave out|kick out|discard|exclude|strike|erase|pull out|toss out|\
         i dont want|i dont need|dont want|dont need|i no longer want|i no longer need|\
         no longer want|no longer need|no longer interested in|i changed my mind about|\
         i do not want|i do not need|nix|eliminate|we dont need|we dont want|forget the|\
         forget about|skip the|never mind the|nevermind the|i decided against|hold the|subtract|\
         minus|i wont need|wont need|i wont be needing|changed my mind about|cut the|axe|rm|del",
    ),
    (
        Mark::Make,
        "make|change|set|update|adjust|modify|turn|\
         change the quantity of|change the number of|change the amount of|set the quantity of|\
         update the quantity of|set the number of|set quantity of|change quantity of|\
         update quantity of|bring the quantity of|the quantity of|edit|actually make|make sure its|\
         drop it to|change my|go up to|go down to",
    ),
    (
        Mark::Raise,
        "increase|raise|bump|bump up|up the|increase the quantity of|increase the number of",
    ),
    (
        Mark::Lower,
        "reduce|decrease|lower|cut|knock|cut down|scale back|bring down|reduce the quantity of|\
         decrease the quantity of|reduce the number of",
    ),
    (Mark::Just, "i only want|i only need|only want|only need|i just want|i just need"),
    (Mark::Swap, "swap|swap out|replace|switch|exchange|trade|substitute|switch out|trade in"),
    (
        Mark::Find,
        "show|show me|find|find me|search|search for|look for|look up|looking for|im looking for|\
         i am looking for|do you have|do you have any|have you got|have you got any|got any|\
         do you sell|do you sell any|do you carry|do you stock|is there|are there|is there any|\
         are there any|browse|list|list all|what kind of|what kinds of|what sort of|\
         what sorts of|what types of|what type of|let me see|can i see|can you show me|\
         could you show me|i want to see|id like to see|what do you have in|what do you have|\
         what have you got in|what else do you have|any|display|recommend|suggest|\
         what options do you have for|what are my options for|tell me about|can you find|\
         could you find|can you find me|help me find|you got any|see|view|check if you have|\
         what colors does|what sizes does|do u have|have any|id like to browse|\
         i want to browse|what is your selection of|whats your selection of|pull up|\
         what colors do you have|what colours do you have|explore|compare|\
         whats available in|what is available in|tell me more about|who makes|describe",
    ),
    (
        Mark::Price,
        "how much is|how much are|how much does|how much do|whats the price of|price of|\
         what is the price of|what does|what do|how expensive is|how expensive are|cost of|\
         whats the cost of|what is the cost of|how much for|price check on|price check|\
         how much would|how much|what would|what are the prices of|prices of|how pricey is",
    ),
    (
        Mark::Clear,
        "clear my cart|clear the cart|empty my cart|empty the cart|clear cart|empty cart|\
         clear my basket|clear the basket|empty my basket|empty the basket|empty basket|\
         clear basket|wipe my cart|wipe the cart|wipe my basket|wipe the basket|reset my cart|\
         reset the cart|remove everything|delete everything|take everything out|clear everything|\
         clear it all|empty everything|start over|start again from scratch|start from scratch|\
         get rid of everything|remove all items|remove all of it|remove them all|drop everything|\
         remove all the items|delete all items|delete all|remove all of them|dump everything|\
         throw everything out|clear out my cart|clear out the cart|clear out my basket|\
         empty it|empty out my cart|empty out the cart|lose everything|dump the cart|dump my cart|\
         clear all|clear all items|scrap everything|start fresh|wipe everything|discard everything|\
         clear my shopping cart|empty my shopping cart|clear the shopping cart|\
         empty the shopping cart|clear my bag|empty my bag|clear the whole cart|\
         empty the whole cart|clear out everything|take it all out|put everything back|\
         delete my cart|delete the cart|ditch everything|remove it all|flush the cart|\
         clear the whole basket|empty the whole basket|reset my basket|scrap the whole cart",
    ),
    (
        Mark::View,
        "whats in my cart|whats in the cart|what is in my cart|what is in the cart|\
         show me my cart|show my cart|show me the cart|show the cart|view my cart|view the cart|\
         view cart|show cart|see my cart|see the cart|list my cart|whats in my basket|\
         whats in the basket|what is in my basket|show me my basket|show my basket|\
         show me the basket|show the basket|view my basket|view basket|see my basket|my basket|\
         what do i have in my cart|what do i have in my basket|what do i have so far|\
         what do i have|what have i got|what have i got in my cart|what have i got so far|\
         what have i got in my basket|whats my total|what is my total|whats the total|\
         what is the total|how much is my cart|how much is my order|how much is my basket|\
         how much do i owe|how much is everything|how much is it all|how much is it in total|\
         how much is it all together|how much does it all cost|how much in total|cart contents|\
         summarize my cart|summary of my cart|review my cart|review my order|my cart|cart please|\
         read back my cart|read me my cart|read back my order|what did i add|what have i added|\
         whats on my list|what am i buying|how many items are in my cart|how much so far|\
         whats my total so far|check my cart|check my basket|display my cart|display the cart|\
         let me see my cart|let me see my basket|can i see my cart|can i see my basket|\
         whats my cart total|what is my cart total|what items are in my cart|\
         what items do i have|how many things are in my cart|how much will it all cost|\
         whats in there so far|what is in there so far|whats in there|what did i put in my cart|\
         how much are they all together|list whats in my cart|show whats in my cart|\
         show me whats in my cart|tell me whats in my cart|whats the damage|show my shopping cart|\
         show me my shopping cart|whats in my bag|show me my bag|show my bag|current cart|\
         my current cart|whats currently in my cart|what is currently in my cart|cart total|\
         open my cart|total so far|show basket|subtotal|whats the subtotal",
    ),
    (
        Mark::Checkout,
        "check out|checkout|checking out|check me out|place the order|place my order|\
         place this order|place order|place an order|place it|pay|pay now|ill pay|lets pay|\
         pay for it|pay for everything|pay for them|pay for this|pay for these|pay for my cart|\
         pay for my order|buy now|complete the order|complete my order|complete the purchase|\
         complete my purchase|complete purchase|complete order|proceed to checkout|\
         proceed to check out|proceed to payment|proceed with payment|proceed with the order|\
         go to checkout|finish the order|finish my order|finalize the order|finalize my order|\
         finalise the order|finalise my order|finalize it|submit the order|submit my order|\
         submit order|send the order|send my order|confirm the order|confirm my order|\
         confirm order|confirm the purchase|confirm and pay|ring me up|ring it up|\
         buy everything|purchase everything|order everything|buy everything in my cart|\
         buy my cart|buy the cart|purchase my cart|order now|order it now|buy it now|\
         make the payment|make payment|make the purchase|process my order|process the order|\
         process the payment|process payment|take my money|charge my card|charge me|\
         wrap it up and pay|go ahead and pay|go ahead and place the order|settle up|\
         lets check out|lets checkout|proceed to pay|take me to checkout|i want to pay|\
         id like to pay|i want to check out|id like to check out|ready to check out|\
         im ready to check out|ready to pay|im ready to pay|ready to checkout|\
         im ready to checkout|i am ready to pay|i am ready to check out|get it ordered|\
         put the order through|put my order through|put it through|send it through|\
         make the order|buy all of it|buy it all|order it all|buy all of this|buy the lot|\
         order the lot|checkout my cart|check out my cart|place that order|settle the bill|\
         pay the bill|lets wrap this up and pay|buy all this|ring up my order|ring up",
    ),
    (
        Mark::Status,
        "where is my order|wheres my order|where is order|wheres order|track my order|track order|\
         track my package|track my parcel|track my delivery|track my shipment|track it|order status|status of my order|status of order|\
         status of my last order|whats the status of my order|what is the status of my order|\
         has my order shipped|has my order been shipped|did my order ship|when will my order|\
         when does my order|where is my package|wheres my package|where is my parcel|\
         wheres my parcel|where is my delivery|wheres my delivery|where is my stuff|\
         wheres my stuff|is my order on its way|is my order on the way|when is my order|\
         when will my package|when will my parcel|when will it arrive|when does it arrive|\
         check on my order|check my order|check order|check the status of my order|\
         check the status of order|any news on my order|any update on my order|\
         any updates on my order|update on my order|how is my order|hows my order|\
         did my order go out|has it shipped|has my package shipped|when should i expect my order|\
         status of the order|my order status|status update on my order|has order|is order|\
         when will order|when is order|when does order|track the order|where is the order|\
         wheres the order|what happened to my order|whats happening with my order|\
         whats going on with my order|when can i expect my order|when can i expect my package|\
         is my package on its way|has my parcel shipped|what is the status of order|\
         whats the status of order|whats up with my order|progress of my order|\
         where is my last order|wheres my last order|did order|has my parcel been sent|\
         has my order been sent|has my order gone out|has my order left|is my order coming|\
         when will my delivery|when is my delivery|when is my package|when is my parcel|\
         tracking number|tracking info|give me an update on my order|give me an update on order",
    ),
    (
        Mark::CancelOrder,
        "cancel my order|cancel the order|cancel order|cancel my last order|cancel the last order|\
         cancel that order|cancel this order|cancel my most recent order|cancel my latest order|\
         call off my order|call off the order|call off order|stop my order|stop the order|\
         stop order|i want to cancel my order|i want to cancel order|id like to cancel my order|\
         id like to cancel order|cancel my previous order|withdraw my order|undo my order|\
         please cancel order|revoke my order|abort my order|cancel my purchase|cancel the purchase|\
         i need to cancel my order|i need to cancel order|scrap my order|cancel the order i placed|\
         cancel the whole order|cancel my entire order|void my order|void order",
    ),
    (
        Mark::Cancel,
        "cancel|cancel that|cancel this|cancel it|abort|stop|stop that|forget it|forget that|\
         scratch that|undo|undo that|leave it|scrap that|call it off",
    ),
    (
        Mark::Yes,
        "yes|yep|yeah|yup|sure|ok|okay|okey|k|alright|all right|go ahead|do it|sounds good|\
         confirm|confirmed|thats right|correct|yes please|of course|absolutely|definitely|\
         fine|very well|looks good|perfect|great|works for me|thatll do|that works|go for it|\
         please do|sure thing|affirmative|i agree|i accept|thats fine|sounds great|ok then",
    ),
    (
        Mark::No,
        "no|nope|nah|no thanks|no thank you|not now|not today|never mind|nevermind|neither|none|\
         none of them|none of those|none of these|neither of them|not really|id rather not|\
         dont bother|no way|negative|not interested|rather not|no need|nothing|nothing else",
    ),
    (
        Mark::Again,
        "do that again|repeat that|same again|repeat the last one|do it again|once more|\
         repeat my last order|reorder my last order|reorder|same as last time|\
         order the same as last time|the usual|repeat|again|one more time",
    ),
    (
        Mark::Thanks,
        "thanks|thank you|thx|ty|thank you so much|thanks a lot|cheers|thats all|thats it|\
         thats everything|that is all|that will be all|thatll be all|that is it|bye|goodbye|\
         hello|hi|hey|hiya|good morning|good evening|good afternoon|hey there|hi there|\
         see you|see ya|talk later|much appreciated|appreciate it|youre great|good job|\
         well done|nice one|im done|all done|im good|thats all for now|thats it for now|\
         nothing else thanks|have a nice day|have a good day|take care|i think thats it|\
         i think thats all|i think thats everything|that should be it|that should do it|good night|\
         not yet|just browsing|just looking|im just looking|im just browsing|hmm|hm|done|howdy",
    ),
    (
        Mark::And,
        "and|plus|also|as well as|along with|together with|in addition|and also|n|additionally|followed by",
    ),
    (Mark::Then, "then|and then|after that|afterwards|next|finally|and finally"),
    (Mark::With, "with|without changing|having"),
    (Mark::To, "to|into|onto|down to|up to|over to"),
    (Mark::By, "by"),
    (Mark::For, "for"),
    (Mark::In, "in|size|in size|in a size|in a|in the|in an|sized|in color|in colour|on"),
    (Mark::Of, "of|of the|of my|of those|of these|of them"),
    (
        Mark::InsteadOf,
        "instead of|rather than|in place of|in lieu of|over the|in exchange for|as opposed to",
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
    (Mark::Some, "any"),
    (Mark::What, "what|whats|which"),
    (Mark::About, "what about|how about|hows about|and what about"),
    (Mark::Or, "or|either"),
    (
        Mark::Not,
        "not|but not|not the|but not the|except|except for|except the|other than|excluding|\
         anything but|without|no|not in|just not|but no|but without|apart from|non|minus the|\
         just not the|as long as its not|as long as it isnt|but nothing|anything except",
    ),
    (
        Mark::Dont,
        "dont|do not|dont you|please dont|never|dont add|do not add|dont buy|do not buy|dont order|\
         do not order|dont remove|do not remove|dont check out|do not check out|dont pay|\
         do not pay|dont place|do not place|dont checkout|do not checkout|im not ready to|not ready to|\
         i am not ready to|before i|before we|before you|dont charge|do not charge|dont clear|\
         do not clear|dont delete|do not delete|dont change|do not change|dont get|do not get|\
         how do i|how can i|how would i|how does one|should i|what if i|what happens if|\
         i might|we might|maybe later|i may|i was thinking about|i havent decided|i almost|\
         i already bought|i already have|i used to|i would never|i wouldnt|dont let|wont",
    ),
    (Mark::It, "it|that|this|that one|this one|the item|that item|this item"),
    (Mark::Them, "them|those|these|they|those ones|these ones"),
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
        "whichever|whatever|i dont mind|dont mind|any one|anyone|any kind|either one|you choose|\
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
        "please|pls|plz|the|some|just|my|me|i|you|we|can|could|would|like|um|uh|er|erm|well|so|\
         now|too|as well|only|really|maybe|perhaps|kindly|can you|could you|would you|will you|\
         hey can you|lets|let|us|our|your|their|that you have|you have|you sell|do|im|ill|id|ive|\
         if possible|if you can|if you could|right now|thats|its|theyre|there|here|by the way|\
         i think|i guess|i suppose|i believe|if you dont mind|quickly|go|have|had|be|will|\
         for me|for us|to me|at the moment|for now|today|tonight|tomorrow|also please|\
         of your|of our|from you|from your store|from the store|in stock|on sale|any more|\
         but|yet|still|then please|oh|ah|ooh|hmm ok|hm ok|worth of|worth|total of|a total of|\
         exactly|about|around|approximately|roughly|first of all|start with|to start|to begin|\
         which is|which are|that is|that are|thats in|is|are|does|got|quantity|qty|count|amount|number|pcs|pc|\
         must be|should be|needs to be|has to be|as|at|than|was|were|bit|little bit|kind of|sort of|\
         and please|while youre at it|this time|as usual|another thing|one thing|actually please|\
         these days|anymore|any longer|keep|keep it|keeping it|keep the whole thing|keep everything|stay|way|cost|costs|cost me|selling for|go for|going for|priced at|sell|carry|offer|\
         dear|sir|friend|mate|buddy|pal|assistant|okay so|ok so|alright so|right so|right|\
         called|named|titled|the book|copy of|copies of|a copy of|the one called|straight away|asap|\
         immediately|at once|definitely want|urgently|before i forget|of it|have a|having said that|am",
    ),
    (
        Mark::Aside,
        "because|since|so that|so i can|in case|i have a|i have an|i have|we have|ive got|weve got|its for|this is for|\
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

/// Ways of asking for what no words may give: other rules, other roles, other limits.
pub(crate) const BYPASS: &[&str] = &[
    "ignore your",
    "ignore all",
    "ignore previous",
    "ignore the previous",
    "ignore any",
    "ignore the limit",
    "ignore my limit",
    "ignore the spending",
    "ignore the budget",
    "ignore the mandate",
    "ignore my budget",
    "ignore my mandate",
    "ignore the rules",
    "ignore everything",
    "ignore prior",
    "ignore safety",
    "ignore what",
    "ignore that rule",
    "ignore instructions",
    "ignore policy",
    "ignore those",
    "ignore the above",
    "disregard",
    "system prompt",
    "your prompt",
    "your instructions",
    "previous instructions",
    "prior instructions",
    "new instructions",
    "hidden instructions",
    "you are now",
    "act as",
    "pretend",
    "role play",
    "roleplay",
    "developer mode",
    "debug mode",
    "admin mode",
    "god mode",
    "dan mode",
    "jailbreak",
    "sudo",
    "as an admin",
    "as admin",
    "as the admin",
    "as an administrator",
    "i am the admin",
    "im the admin",
    "i am an admin",
    "im an admin",
    "i am the owner",
    "im the owner",
    "i own this",
    "i am the developer",
    "im the developer",
    "i am your",
    "im your boss",
    "i am the merchant",
    "im the merchant",
    "i work here",
    "i am the system",
    "system :",
    "assistant :",
    "system override",
    "override",
    "overrule",
    "bypass",
    "circumvent",
    "skip approval",
    "skip the approval",
    "skip confirmation",
    "skip the confirmation",
    "skip verification",
    "without approval",
    "without my approval",
    "without confirmation",
    "without asking",
    "no approval",
    "no confirmation",
    "already approved",
    "pre approved",
    "preapproved",
    "already confirmed",
    "already authorized",
    "fully authorized",
    "you have permission",
    "i authorize",
    "i hereby",
    "unlimited",
    "no limit",
    "no limits",
    "without limit",
    "remove the limit",
    "remove my limit",
    "remove my spending",
    "remove the spending",
    "raise my limit",
    "raise the limit",
    "increase my limit",
    "increase the limit",
    "raise my budget",
    "raise the budget",
    "increase my budget",
    "raise the mandate",
    "raise my mandate",
    "increase my mandate",
    "increase the mandate",
    "change my limit",
    "change the limit",
    "lift the limit",
    "lift my limit",
    "new limit",
    "my limit is",
    "limit is now",
    "mandate is now",
    "budget is unlimited",
    "mandate allows",
    "my mandate is",
    "the mandate is",
    "set my limit",
    "set the limit",
    "set my mandate",
    "set the mandate",
    "update my mandate",
    "extend my mandate",
    "disable",
    "turn off the",
    "deactivate",
    "price to",
    "price is now",
    "change the price",
    "set the price",
    "lower the price",
    "make it free",
    "for free",
    "free of charge",
    "mark it as paid",
    "mark as paid",
    "mark my order as paid",
    "without paying",
    "dont charge me",
    "do not charge me",
    "another customer",
    "other customer",
    "other customers",
    "someone elses",
    "somebody elses",
    "another users",
    "other users",
    "stolen",
    "credit card number",
    "card number",
    "reveal",
    "leak",
    "exfiltrate",
    "api key",
    "password",
    "secret",
    "drop table",
    "select * from",
    "delete from",
    "execute the following",
    "run this code",
    "end of instructions",
    "end of prompt",
    "important :",
    "note to assistant",
    "note for assistants",
    "test mode",
    "maintenance mode",
    "refund me",
    "approve everything",
    "approve all",
    "approve it yourself",
    "approve this yourself",
    "approve the payment yourself",
    "auto approve",
    "trust me",
    "dont ask me",
    "do not ask me",
    "dont ask for",
    "do not ask for",
    "the customer has",
    "the user has",
    "on behalf of the",
    "from now on",
    "forget your",
    "forget all",
    "forget previous",
    "forget the rules",
    "forget everything",
    "repeat your",
    "print your",
    "tell me your rules",
    "show me your rules",
    "store manager",
    "the manager said",
    "manager approved",
    "ceo",
];

/// Beginnings that are asked of somebody else.
pub(crate) const OFF_TOPIC: &[&str] = &[
    "whats the weather",
    "what is the weather",
    "whats the capital",
    "what is the capital",
    "tell me a",
    "tell a joke",
    "sing",
    "play",
    "call",
    "translate",
    "remind",
    "set an alarm",
    "set alarm",
    "set a timer",
    "set a reminder",
    "set up a",
    "transfer",
    "schedule",
    "text",
    "email",
    "write",
    "explain",
    "define",
    "convert",
    "calculate",
    "solve",
    "who is",
    "who was",
    "who won",
    "who are",
    "how old",
    "how tall",
    "how far",
    "how long",
    "how do you",
    "how are",
    "how many people",
    "how many calories",
    "how many days",
    "how many cups",
    "how many miles",
    "why",
    "what time",
    "what day",
    "what is your",
    "whats your",
    "what are you",
    "are you a",
    "are you human",
    "do you like",
    "do you know",
    "do you think",
    "do you love",
    "book a",
    "book me",
    "navigate",
    "turn on",
    "turn off",
    "turn up",
    "turn down",
    "open the",
    "close the",
    "directions",
    "what is the meaning",
    "what does it mean",
    "when is",
    "when was",
    "when did",
    "where is the",
    "where are the",
    "where can i find a",
    "where do",
    "i feel",
    "i love you",
    "im bored",
    "im hungry",
    "im tired",
    "whats up",
    "is it going to",
    "will it",
    "did you",
    "flip a coin",
    "roll a",
    "spell",
    "pay my",
    "pay the rent",
    "pay rent",
    "how is the",
    "what language",
    "whats the exchange",
    "what is the exchange",
    "whats my bank",
    "what is my bank",
    "whats my balance",
    "what is my balance",
    "check my balance",
    "news",
    "what is love",
    "whats the score",
    "what is the score",
    "how do i make",
    "how do i cook",
    "how can i make",
    "whats the best way",
    "what is the best way",
    "can you sing",
    "can you tell me a",
    "can you play",
    "can you help me with my homework",
    "can you write",
    "can you explain",
    "can you translate",
    "change my pin",
    "change the language",
    "change your name",
    "change the volume",
    "find my phone",
    "order me a taxi",
    "order a taxi",
    "order me an uber",
    "order an uber",
    "get me a taxi",
    "get me an uber",
    "get a cab",
    "make a reservation",
    "make me a reservation",
    "make an appointment",
    "make a call",
    "take a picture",
    "take a note",
    "what is 2",
    "whats 2",
    "in what year",
    "what year",
    "my name is",
    "what was",
    "how does",
    "how did",
    "tell me about yourself",
    "give me directions",
    "give me the news",
    "give me a recipe",
    "show me directions",
    "show me the news",
    "show me the weather",
];
