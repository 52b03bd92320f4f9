//! What is not for a shop to do.

/// Ways of asking for what no words may give: other rules, other roles, other limits.
pub(crate) const BYPASS: &str = "exceed my|exceed the|exceed your|over my budget|above my limit|beyond my limit|over the limit|\
    limit does not|limit doesnt|has increased my|has raised my|increased my mandate|raised my mandate|\
    increased my limit|raised my limit|increased my budget|ignore your|ignore all|ignore previous|ignore the previous|ignore any|ignore the limit|\
    ignore my limit|ignore the spending|ignore the budget|ignore the mandate|ignore my budget|\
    ignore my mandate|ignore the rules|ignore everything|ignore prior|ignore safety|\
    ignore what|ignore that rule|ignore instructions|ignore policy|ignore those|\
    ignore the above|disregard|system prompt|your prompt|your instructions|\
    previous instructions|prior instructions|new instructions|hidden instructions|you are now|\
    act as|pretend|role play|roleplay|developer mode|debug mode|admin mode|god mode|dan mode|\
    jailbreak|sudo|as an admin|as admin|as the admin|as an administrator|i am the admin|\
    im the admin|i am an admin|im an admin|i am the owner|im the owner|i own this|\
    i am the developer|im the developer|i am your|im your boss|i am the merchant|\
    im the merchant|i work here|i am the system|system :|assistant :|system override|override|\
    overrule|bypass|circumvent|skip approval|skip the approval|skip confirmation|\
    skip the confirmation|skip verification|without approval|without my approval|\
    without confirmation|without asking|no approval|no confirmation|already approved|\
    pre approved|preapproved|already confirmed|already authorized|fully authorized|\
    you have permission|i authorize|i hereby|unlimited|no limit|no limits|without limit|\
    remove the limit|remove my limit|remove my spending|remove the spending|raise my limit|\
    raise the limit|increase my limit|increase the limit|raise my budget|raise the budget|\
    increase my budget|raise the mandate|raise my mandate|increase my mandate|\
    increase the mandate|change my limit|change the limit|lift the limit|lift my limit|\
    new limit|my limit is|limit is now|mandate is now|budget is unlimited|mandate allows|\
    my mandate is|the mandate is|set my limit|set the limit|set my mandate|set the mandate|\
    update my mandate|extend my mandate|disable|turn off the|deactivate|price to|price is now|\
    change the price|set the price|lower the price|make it free|for free|free of charge|\
    mark it as paid|mark as paid|mark my order as paid|without paying|dont charge me|\
    do not charge me|another customer|other customer|other customers|someone elses|\
    somebody elses|another users|other users|stolen|credit card number|card number|reveal|\
    leak|exfiltrate|api key|password|secret|drop table|select * from|delete from|\
    execute the following|run this code|end of instructions|end of prompt|important :|\
    note to assistant|note for assistants|test mode|maintenance mode|refund me|\
    approve everything|approve all|approve it yourself|approve this yourself|\
    approve the payment yourself|auto approve|trust me|dont ask me|do not ask me|dont ask for|\
    do not ask for|the customer has|the user has|on behalf of the|from now on|forget your|\
    forget all|forget previous|forget the rules|forget everything|repeat your|print your|\
    tell me your rules|show me your rules|store manager|the manager said|manager approved|ceo";

/// Beginnings that are asked of somebody else.
pub(crate) const OFF_TOPIC: &str = "is overnight|is express|is standard|is shipping|is delivery|how much is shipping|how much is delivery|\
    what are the shipping|what shipping|do you have free shipping|do you have overnight|do you have express|\
    is there free shipping|is there a discount|do i have any discounts|are there any discounts|any discounts|\
    do you have any discounts|do you have any coupons|whats the weather|what is the weather|whats the capital|what is the capital|tell me a|\
    tell a joke|sing|play|call|translate|remind|set an alarm|set alarm|set a timer|\
    set a reminder|set up a|transfer|schedule|text|email|write|explain|define|convert|\
    calculate|solve|who is|who was|who won|who are|how old|how tall|how far|how long|\
    how do you|how are|how many people|how many calories|how many days|how many cups|\
    how many miles|why|what time|what day|what is your|whats your|what are you|are you a|\
    are you human|do you like|do you know|do you think|do you love|book a|book me|navigate|\
    turn on|turn off|turn up|turn down|open the|close the|directions|what is the meaning|\
    what does it mean|when is|when was|when did|where is the|where are the|where can i find a|\
    where do|i feel|i love you|im bored|im hungry|im tired|whats up|is it going to|will it|\
    did you|flip a coin|roll a|spell|pay my|pay the rent|pay rent|how is the|what language|\
    whats the exchange|what is the exchange|whats my bank|what is my bank|whats my balance|\
    what is my balance|check my balance|news|what is love|whats the score|what is the score|\
    how do i make|how do i cook|how can i make|whats the best way|what is the best way|\
    can you sing|can you tell me a|can you play|can you help me with my homework|\
    can you write|can you explain|can you translate|change my pin|change the language|\
    change your name|change the volume|find my phone|order me a taxi|order a taxi|\
    order me an uber|order an uber|get me a taxi|get me an uber|get a cab|make a reservation|\
    make me a reservation|make an appointment|make a call|take a picture|take a note|\
    what is 2|whats 2|in what year|what year|my name is|do you take|do you accept|\
    can i pay with|can you help me with|can you help with|help me with|do you offer|\
    do you ship to|do you deliver to|what is a|whats a|what is an|can i return|\
    how many ounces|how many grams|give me your|how many|how much does it cost to fly|\
    can you fix|can you book|make me a sandwich|make me laugh|read me|wake me|turn the|\
    tell my|let my|ask my|i lost my|report my|freeze my|what are your hours|are you open|\
    when do you open|when do you close|what was|how does|how did|tell me about yourself|\
    give me directions|give me the news|give me a recipe|show me directions|show me the news|\
    show me the weather";
