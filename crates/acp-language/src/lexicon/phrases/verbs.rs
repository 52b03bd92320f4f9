//! Verbs, and what asks.

use crate::lexicon::Mark;

pub(super) const LIST: &[(Mark, &str)] = &[
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
         looking to get|im going to need|\
         running low on|we also need|i also need|i also want|also add|also get|plus add|\
         i think ill have|i guess ill take|may i get|could we get|reserve|select|choose|drop in|\
         slip in|squeeze in|i wanna get|i wanna buy|wanna|i wanna|i choose|ill get|ill buy|\
         do me|i wish to buy|make sure i have|put in an order for|place an order for|hand me|\
         i am in need of|im in need of|treat me to|add in|add on|dont forget|do not forget|\
         dont forget to add|and dont forget|to buy|to order|to get",
    ),
    (Mark::Buy, "buy|order|purchase|buy me|order me|go ahead and buy|go ahead and order"),
    (Mark::Keep, "keep|keep only|leave only|only keep|just keep"),
    (Mark::Put, "put|place|move|bring"),
    (Mark::Take, "take|pull|kick|leave|throw|toss"),
    (
        Mark::Out,
        "out|back|off|away|out of my cart|out of the cart|out of my basket|out of the basket|\
         off my order|off the order|from my cart|from the cart|from my basket|from the basket|\
         from my order|from the order|from my shopping cart|from my bag|from cart|from basket|from there|\
         from my list|off my list|out of there|out of my bag|off of my order|out of my order",
    ),
    (
        Mark::Remove,
        "remove|no more|delete|drop|take out|take off|take away|get rid of|lose|ditch|scrap|throw out|\
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
         what have you got in|what else do you have|display|recommend|suggest|\
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
    (Mark::Some, "any"),
    (Mark::What, "what|whats|which"),
    (Mark::About, "what about|how about|hows about|and what about"),
];
