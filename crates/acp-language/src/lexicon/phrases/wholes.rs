//! Phrases that are a whole instruction by themselves.

use crate::lexicon::Mark;

pub(super) const LIST: &[(Mark, &str)] = &[
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
         what have i got in my basket|how much would it all cost|how much does everything cost|how much would everything cost|\
         how much would that be|how much is that in total|how much is that altogether|\
         how much is all that|how much is it altogether|how much is all of this|\
         how much is the total|how much is the cart|how much will that be|whats my total|what is my total|whats the total|\
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
         check the status of order|any news on my order|any update on my order|update on my delivery|update on my package|update on my parcel|any update on my delivery|\
         any update on my package|any news on my delivery|any news on my package|\
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
        "yes|everything looks good|all looks good|all good|everything is fine|yep|yeah|yup|sure|ok|okay|okey|k|alright|all right|go ahead|do it|sounds good|\
         confirm|confirmed|thats right|correct|yes please|of course|absolutely|definitely|\
         fine|very well|looks good|perfect|great|works for me|thatll do|that works|go for it|\
         please do|sure thing|i agree|i accept|thats fine|sounds great|ok then",
    ),
    (
        Mark::No,
        "no|nope|nah|no thanks|no thank you|not now|not today|never mind|nevermind|neither|none|\
         none of them|none of those|none of these|neither of them|not really|id rather not|\
         dont bother|no way|not interested|rather not|no need|nothing|nothing else",
    ),
    (
        Mark::Again,
        "do that again|repeat that|same again|repeat the last one|do it again|once more|\
         repeat my last order|reorder my last order|reorder|same as last time|\
         order the same as last time|the usual|repeat|again|one more time",
    ),
    (
        Mark::Thanks,
        "thanks|thank you|i changed my mind|changed my mind|i have changed my mind|ive changed my mind|thx|ty|thank you so much|thanks a lot|cheers|thats all|thats it|\
         thats everything|that is all|that will be all|thatll be all|that is it|bye|goodbye|\
         hello|hi|hey|hiya|good morning|good evening|good afternoon|hey there|hi there|\
         see you|see ya|talk later|much appreciated|appreciate it|youre great|good job|\
         well done|nice one|im done|all done|im good|thats all for now|thats it for now|\
         nothing else thanks|have a nice day|have a good day|take care|i think thats it|\
         i think thats all|i think thats everything|that should be it|that should do it|good night|\
         not yet|just browsing|just looking|im just looking|im just browsing|hmm|hm|done|howdy",
    ),
];
