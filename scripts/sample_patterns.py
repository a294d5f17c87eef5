"""Vocabulary and sentence patterns of the embedded sample; `make_sample.py` expands them.

A rule is a name and its alternatives: words separated by commas, or patterns of one line each (a deeper indent goes on
with the line). In a pattern `{item}` is one alternative of that rule, `{chat*2-4}` two to four different ones, and
`[a|b|]` a choice in place.

Everything here is made up for this project. The firms do not exist, every address ends in example.com, .net or .org,
and the telephone numbers are 01632 960xxx and 07700 900xxx, which the British regulator keeps free for fiction.
"""

from __future__ import annotations

import re

# What a near-duplicate draws anew.
FACTS = """
name: Aisha, Ben, Carla, Dev, Elena, Femi, Grace, Hannah, Imran, Jonas, Kirsty, Leo, Maya, Nadia, Owen, Priya,
  Quentin, Rosa, Sam, Tariq, Uma, Viktor, Wendy, Xavier, Yusuf, Zoë, Siân, André, Chloé, Björn, Marta, Tom, Beth,
  Callum, Daisy, Ewan, Freya, Gus, Hugo, Isla, Joan, Kofi, Lena, Milo, Nora, Oskar, Petra, Ravi, Tess, Wim
day: Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday
date: [{digit}|1{nought}|2{nought}] {month}
year: 19[6|7|8|9]{nought}, 20[0|1]{nought}
time: {hour}, {hour}pm, {hour}.30, half {hour}, {hour}:15
number: [2|3|4|5|6|7|8|9], [2|3|4|5|6|7|8|9], {digit}{nought}
percent: [5|10|15|20|25|30|35|40|45|50|60|70|75|80|90]%
price: {coinage}{digit}.[00|49|50|95|99], {coinage}{digit}{nought}.[00|49|50|95|99]
amount: {coinage}[100|150|250|500|900|1,000|2,000|5,000]
code: [|W|RX|K-|AB]{nought}{nought}{nought}{nought}{nought}
phone: [01632 960|07700 900|01632960]{nought}{nought}{nought}
"""

WORDS = """
digit: 1, 2, 3, 4, 5, 6, 7, 8, 9
nought: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
hour: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
month: January, February, March, April, May, June, July, August, September, October, November, December
coinage: £, £, €, $
place: the station, the library, the corner café, the bus stop, the leisure centre, the market, the harbour, the
  canteen, the old bridge, the cinema, my flat, the park gates, the bakery, the climbing wall, the bandstand, the town
  hall, the garden centre, the swimming pool, the museum, the chip shop, the crossroads, the allotment, the skate
  park, campus, the boathouse, the launderette, the roundabout, the observatory, the farm shop, the ice rink, the
  pier, the church hall, the planetarium, the surgery, the windmill, the post office
town: Ferndale, Larkhill, Millbrook, Stonebridge, Westerby, Hollowell, Pinecroft, Eastmere, Cobbleton, Marsh End,
  Oakley Cross, Northwick, Sandhaven, Brackenford, Tidewell, Hazelmoor, Thistleford, Amberley Dock, Gullane Bay,
  Rookhope, Fennimore, Saltmarsh, Quarrytown, Elderwick
food: pizza, noodles, dumplings, lentil soup, a roast, tacos, pancakes, curry, fish &amp; chips, sushi, lasagne,
  falafel, a picnic, ramen, jacket potatoes, crêpes, risotto, paella, leftovers, porridge, sausages, a stir fry,
  goulash, burritos, moussaka, waffles, omelettes, kebabs, gnocchi, chowder, hummus, quiche, toasties, meatballs,
  ratatouille, custard tart, trifle
ingredient: onions, coriander, butter, flour, coconut milk, lemons, garlic, tinned tomatoes, oat milk, cheddar, eggs,
  rice, spinach, chickpeas, yoghurt, ginger, mushrooms, jalapeño peppers, washing powder, foil, cat litter, bin bags,
  batteries, cinnamon, parsley, cornflour, raisins, anchovies, basil, mustard, treacle, almonds, leeks, paprika,
  vinegar, honey, lentils, aubergines, sandwich bread, toothpaste, shampoo, kitchen roll, string, sellotape
item: lamp, kettle, rucksack, tent, raincoat, notebook, cushion, bookshelf, teapot, scarf, headset, bicycle pump,
  blanket, frying pan, desk chair, alarm clock, umbrella, speaker, suitcase, jigsaw, candle, picture frame, toaster,
  mirror, rug, barometer, armchair, doormat, thermos, corkscrew, colander, wheelbarrow, ladder, hammock, globe,
  typewriter, tripod, sewing machine, bird feeder, clarinet, easel, abacus, lantern, trellis, stool, chessboard,
  casserole dish, duvet, telescope, sledge, kite, apron, wardrobe, backpack, kayak, microscope, tambourine, fountain
  pen, penknife
clothes: jumper, wellies, black shoes, football boots, waterproof, denim jacket, party dress, gloves, hoodie, linen
  shirt, cardigan, bobble hat, sandals, overalls, mittens, blazer, kilt, swimming trunks, cagoule, tie, trainers,
  dungarees, anorak, slippers, waistcoat
gadget: phone, tablet, laptop, camera, smart watch, television, games console, coffee machine, printer, vacuum
  cleaner, projector, fridge, dishwasher, router, microwave, drone, bread maker, record player, e-reader, thermostat,
  doorbell, hairdryer
chore: feed the cat, water the plants, put the bins out, defrost the freezer, walk the dog, ring the plumber, post the
  parcel, book the dentist, hang up the washing, return the library books, lock the shed, top up the meter, hoover the
  stairs, iron the shirts, sweep the chimney, mend the fence, charge the drill, descale the kettle, sharpen the
  knives, unblock the sink, mow the lawn, renew the passport, measure the curtains, oil the gate, recycle the glass,
  worm the kittens
room: kitchen, bathroom, attic, hallway, spare bedroom, garage, conservatory, cellar, utility room, pantry, nursery,
  greenhouse, landing, study, porch, loft, cloakroom
subject: chemistry, statistics, Spanish, geography, economics, biology, law, anatomy, philosophy, music theory,
  algebra, history, astronomy, linguistics, sociology, mechanics, Latin, botany, accounting, ethics, drama, politics,
  genetics, archaeology, calculus, typography
hobby: choir, pottery, badminton, chess club, orchestra, yoga, book group, swimming, salsa, bouldering, gardening,
  karate, archery, origami, fencing, crochet, rowing, stargazing, calligraphy, judo, beekeeping, tap dancing,
  woodwork, birdwatching, juggling, ukulele, fell running, watercolour
team: the reds, the rovers, the hockey girls, the under-twelves, our lot, the visitors, the harriers, the juniors
relative: Mum, Dad, Gran, Grandad, my sister, my brother, Auntie, my cousin, my aunt, my nephew, my flatmate, the
  neighbour, my niece, my godmother, the lodger, Uncle, the landlady, my stepdad, the babysitter, our vicar
ache: headache, sore throat, bad back, cold, twisted ankle, toothache, fever, cough, migraine, blister, stomach bug,
  hay fever, stiff neck, earache, sunburn, bruised rib, sprained wrist, nosebleed
weather: pouring, freezing, boiling, foggy, blowing a gale, drizzling, snowing, lovely and sunny, hailing, muggy,
  misty, scorching, thundering, icy, overcast, breezy, sweltering, sleeting
vehicle: bus, train, tram, ferry, coach, taxi, van, bike, car, scooter, minibus, monorail, canoe, tractor, camper van,
  shuttle
good: lovely, brilliant, gorgeous, amazing, exciting, splendid, wonderful, charming, superb, dazzling, inspiring,
  heavenly, magical, impressive, marvellous, delightful, fantastic, terrific, stunning, glorious
bad: awful, dull, chaotic, endless, grim, stressful, miserable, confusing, dreary, ghastly, tedious, hopeless,
  disappointing, rubbish, dreadful, exhausting, terrible, atrocious, frustrating, horrendous
event: summer, school, charity, village, birthday, harvest, winter, works, anniversary, carnival, spring, midnight,
  regatta, jubilee, solstice, pancake, harbour, autumn, bonfire, lantern, founders, mayor
gig: concert, comedy night, match, musical, ballet, festival, gallery opening, science show, cup final, quiz, rugby,
  circus, magic show, pantomime, poetry slam, folk night, regatta, opera, puppet theatre, dog show, tennis, air
  display, book launch, ceilidh
prize: a hamper, a weekend by the sea, a {gadget}, a bottle of wine, a spa day, cinema tickets, a cuddly penguin,
  {amount}, a shopping voucher, a box of chocolates, a holiday for two, concert tickets, a year of free coffee
shop: Fernpebble, Tansywhistle, Quillfeather Books, Puddlewick, Saltbramble Kitchen, Merrowdown Outdoor, Loomwhistle,
  Copperthistle, Oat &amp; Anchorwick, Bramblethorpe, Hatchetwick Tools, Lumenfold, Ottersleeve, Biscuitwright,
  Harrierwheel Cycles
bank: Wickerdale Bank, Pennybrook Savings, Larkmere Bank, Hollinwick Credit Union, Oldquay Bank, Thornwickle Mutual,
  Foxgrove Vale Building Society, Cairnwhistle Trust
courier: Ottersby Parcels, Swiftwren, Brindlepost, Halfpennyworth Couriers, Kestrelwing Freight, Magpiewing Express,
  Tortoise Lines, Longbarrowby Logistics
host: example.com, example.net, example.org, www.example.com, shop.example.net, my.example.org
path: offer, account, track, claim, login, help, news, win, verify, parcel, terms, join, renew, survey, menu, guide,
  booking, reset, gift, returns
plant: tomatoes, sweet peas, courgettes, lupins, runner beans, dahlias, raspberries, garlic bulbs, sunflowers,
  leeks, peonies, marrows, basil plants, parsnips, snapdragons, gooseberries, chillies, ferns, tulips, artichokes,
  beetroots, hollyhocks
document: minutes, budget, draft report, slides, contract, questionnaire, floor plan, timetable, risk register, press
  release, job description, translation, spreadsheet, poster, training manual, survey results, agenda, inventory,
  brochure, tender, blueprint, glossary, memo, petition, syllabus, consent form, cover letter, style guide, payroll
  run, flow chart, handover notes
department: accounts, facilities, the print room, human resources, the Hollowell office, legal, the help desk,
  purchasing, marketing, reception, the registry, procurement, catering, the archive, customer care, the laboratory,
  payroll, the governors
project: warehouse move, website, staff survey, annual report, new timetable, heating upgrade, audit, pilot,
  catalogue, archive, pension review, recruitment round, open day, exhibition, safety inspection, merger, car park
  scheme, recycling trial, intranet, anniversary book, mentoring programme, kitchen refit, fire drill, ventilation
  survey, museum loan, oral history, switchboard, flood defence
module: parser, scheduler, login page, index builder, cache, import script, date picker, mail queue, test runner,
  tokeniser, renderer, profiler, installer, router, serialiser, thumbnail worker, search widget, compiler plugin,
  payment stub, calendar export
fault: a segfault, a race condition, a missing header, wrong line endings, a stale lock file, an off-by-one error, a
  memory leak, a broken symlink, a timezone mix-up, duplicate keys, a deadlock, an integer overflow, garbled umlauts,
  a flaky assertion, a circular import, an unhandled timeout, a missing semicolon, a permission error
illness: back pain, snoring, hair loss, tired eyes, poor sleep, joint ache, low energy, stubborn belly fat, bloating,
  wrinkles, weak nails, cravings, stress, brain fog, cold feet, dry skin
remedy: v1tamins, herbal pi11s, slimming t-e-a, magic drops, all natural caps, sl33p gummies, me-ds without a form,
  super tonic
goods: replica w@tches, designer sunglasses, printer ink, cheap software, leather handbags, solar panels, premium
  ringtones, branded trainers, mobile upgrades, LED bulbs, satellite boxes, ink cartridges, herbal tea cures, ringtone
  packs, tanning beds, golf clubs, teeth whiteners, antivirus licences, hearing aids, mattress toppers, magnetic
  bracelets, diet plans, luxury pens, car warranties
coin: Marmotcoin, Custardcoin, Teapotium, Puffincash, Wobblecoin, Thimblecoin
ticker: QZVX, XQPL, ZZKW, JXQV, VQZN, KWQX
free: free, FREE, fr-ee, f r e e, complimentary, no-cost
winner: winner, W1NNER, lucky winner, l-u-c-k-y winner
cash: cash, ca$h, c.a.s.h, money, credit
loan: loan, l0an, payday loan, cash advance, low-rate mortgage, debt consolidation, credit card
trade: nurse, engineer, diplomat, sea captain, widow, teacher, surgeon, architect, oil rig manager, lawyer, barrister,
  dentist, colonel, prince, jeweller, pilot, geologist, banker, notary, missionary, auctioneer
hi: Hi, Hey, Hello, Morning, Hiya, Evening, Oi, Hey you, Hi love, Alright
dear: Hi, Hello, Dear, Good morning, Dear
x: x, xx, :), lol, haha, 😊, 👍, ❤️, thanks, cheers, ta, !!, 😂, bye, 🎉, see ya, night, 🙈, toodle pip, hugs, 🙄, ttyl
when: tonight, tomorrow, at the weekend, {day}, on {day}, after work, at {time}, {day} at {time}, later, next week, at
  lunch
sum: {amount}, {price}, a tenner, &lt;#&gt; pounds, twenty quid, €{number}
bye: Best wishes {name}, Kind regards {name}, Thanks {name}, All the best {name}, Many thanks {name}, Cheers {name},
  {name}
link: http://{host}/{path}, {host}/{path}, {host}, https://{host}/{path}?id={code}
"""

TEXTS = """
tiny:
  [ok|okay|k|yes|no|yep|nope|sure|fine|great|done|lol|ta|cool|maybe|sorry|what?|really?|same|brilliant][| {x}| {name}]
  [on my way|not yet|good night|miss you|call me|ring me|love you|see you|yes please|no idea|me too|just left|here
    now|why not]
  [yes|no|ok] [{when}|i can|i will|he did|they are]
  [where are you?|you ok?|who's this?|you up?|home yet?|got it?|what time?|which one?|how much?|ready?][| {x}]
  [running late|in a meeting|on the {vehicle}|at {place}|nearly there|can't talk now|battery dying][| {x}]
plan:
  [Fancy|Feel like|Are you up for] {food} at {place} {when}?
  Are we still [meeting|on] {when}? I can be at {place} [by|around|for] {time}.
  [{relative} wants|We want] to go to the {gig} {when}, [are you in?|shall I get you a ticket?|do you want to come?]
  Can you [pick me up|meet me|drop me off] [at|near] {place}? My {hobby} [class|practice] finishes at {time}.
  Let's [skip|move|cancel] {hobby} and [have|make|order] {food} instead.
  The {gig} [starts|begins|opens] at {time}, so [don't be late|leave early|eat first].
  I [booked|reserved] a table for {number} under {name}, [it's the place by {place}|they do {food}].
  Is {when} any good for [a catch up|the birthday do|painting the {room}|a walk|the barbecue]?
errand:
  [Could you|Can you|Please|Don't forget to] {chore} [before you go out|when you get in|if you have time|on your way].
  We need [more |]{ingredient}, {ingredient} and {ingredient}. I'll [pay you back|get the rest|cook].
  Did you remember to {chore}? {relative} [keeps asking|is not happy|said you would].
  I left my {clothes} [in your car|at yours|at {place}], [can you bring it?|any chance you have it?|is it there?]
  The {gadget} is [broken|playing up|beeping] again. [Where is the manual?|Can you look at it?|Shall I call the repair
    man?]
  How much do I owe you for the {item}? Was it {sum} [or more|each|altogether]?
  I transferred {sum} to your account for the [rent|electric|{gig} tickets|present], [tell me if it shows|check
    please].
  [Collect|Pick up] my prescription from {place} [please|before {time}], it's [paid for|free].
travel:
  [Stuck|Sitting|Squashed] on the {vehicle} [near|outside] {town}, [signal failure|traffic is {bad}|a cow on the line
    apparently].
  [Just|Only just] [landed|arrived|parked] in {town}. It's {weather} here!
  My {vehicle} gets in at {time}, [will you wait at|see you by|I'll walk to] {place}.
  The road to {town} is closed so [take the coast route|go through {town}|allow an extra hour].
  Which platform is the {town} {vehicle}? The board [is blank|says {number}|makes no sense].
  Where [did you park|are you standing|is everyone]? I'm [outside|opposite|behind] {place}.
  [Hotel|Hostel|Campsite] is {good} but the [shower|mattress|wifi] is {bad}. Weather {weather}.
study:
  Have you [started|finished|even looked at] the {subject} [essay|homework|coursework]? Mine is {bad}.
  [Our|The] {subject} [exam|lecture|seminar|test] [moved to|is now|is definitely] {day} at {time}, room {number}.
  I got {percent} in {subject}!! [Can't believe it|Better than expected|{relative} will be so proud].
  Can I [borrow|copy|photograph] your {subject} notes? I [slept through|missed|understood none of] the last lecture.
  [Revising|Trying to revise] {subject} at {place} with {name}, [join us|bring snacks|it's going slowly].
  The library [wants|is asking for] {sum} in fines, I only had that {subject} book [two weeks|a month]!
feeling:
  I've got [a|such a] {ache} so I'm [staying in bed|going home|off work] today.
  [Last night|The {gig}|Your speech|That film] was {good}, [thank you|I laughed so much|we should do it again].
  {relative} had a {bad} day, [give them a ring|be nice|send flowers maybe].
  I'm [so|really|a bit] [tired|nervous|happy|fed up|proud|homesick|hungry] [today|and it's only {day}|right now].
  [Thinking of you|Good luck|Fingers crossed] for the [interview|operation|driving test|recital|move][.| {when}.| x]
  [Happy birthday|Congratulations|Well done] {name}! [Have a {good} day|You deserve it|Cake {when}?|So pleased for
    you]
  [Sorry|I apologise|Forgive me] for [shouting|forgetting|being {bad}] yesterday, it was [the {ache}|no excuse|my
    fault].
home:
  The {room} [smells of|is covered in|is full of] {ingredient}, [what happened|was it you|explain please]?
  [Landlord|Plumber|Electrician|The man about the boiler] is coming {when}, [someone has to be in|can you be
    there|tidy the {room}].
  {food} [in the oven|for tea|on the table], [help yourself|back at {time}|don't let it burn].
  I've finally [painted|cleared|measured] the {room}, it looks {good}. [Come and see|Photos later].
  The [cat|dog|hamster|tortoise] [ate|knocked over|is asleep on] my {item}.
  My {plant} are [coming up|flowering|being eaten by slugs], do you want [some|a few|the spare ones]?
sport:
  {team} [won|lost|drew] [three nil|two one|on penalties|by a mile], it was {good} [until the end|to watch|and
    {weather}].
  [Training|Practice|Five-a-side] is [off|on|moved to {place}] {when}, pitch [frozen|flooded|double booked].
  Who's [in goal|driving|bringing the bibs] {when}? We are {number} [so far|short|with {name}].
  Ran [ten miles|a half marathon|round the lake] [today|with {name}], my legs are [jelly|killing me|fine actually].
gossip:
  [Did you hear|Guess what|You won't believe it], {name} [is moving to {town}|quit|got engaged|is learning
    {hobby}|bought a {vehicle}]!
  {name} told me [about the {gig}|you met {name}|that {relative} is in {town}], is it true?
  Saw {name} at {place} wearing the {good} {clothes}, [says hello|looked well|we talked for ages].
  What [was|is] the name of that [film|band|recipe|app|plumber] [{name} mentioned|we saw|with the {item}]?
  [Watching|Have you seen|Don't tell me the end of] that series about the [{trade}|lighthouse|bakers|detective], it's
    {good}.
work_text:
  [Boss|Manager|{name}] wants the {document} by {time}, [can you send it|is it ready|I'm still on page {number}].
  Can you [cover|swap] my shift {when}? I'll [do your {day}|owe you|bring {food}].
  [Meeting|Call|Interview] [went well|ran over|was {bad}], [ring you later|will call you when I'm out|tell you
    {when}].
  Is the [office|warehouse|shop] open {day}? [{department} said no|My pass doesn't work|I have a delivery for {name}].
chat:
  {plan}
  {errand}
  {travel}
  {study}
  {feeling}
  {home}
  {sport}
  {gossip}
  {work_text}
ham_chat:
  {chat}[ {x}|]
  [{hi} [{name}, |]|]{chat}[ {x}|]
  [{hi} |]{chat} {chat}[ {x}|]
  {hi} {name}! {chat*1-3}[ {x}| Call me.|]
  [{name}, |{hi}, |]{chat*2-5}[ {x}|]
win_line:
  [I won|We won|{relative} won|{name} just won] {prize} in the {event} [raffle|draw|prize draw|competition]!
  I've got [two|{number}] free tickets for the {gig} {when}, [first reply wins|want one?|call me if you can come].
  [Don't forget to claim|You can claim|I claimed] your free [coffee|dessert|month] [with the card|in the app|at
    {place}].
  [My number|Our ticket|{name}'s ticket] came up, [cash prize of {amount}|top prize|{prize}]! [Drinks on me|I never
    win anything].
  This isn't a scam, honestly: text {code} to the radio and you [could win|can win] {prize}, [{name} did|it's free].
  The bank gave me {amount} for switching [account|credit card], [use my link {link}|you should do it|offer ends
    {day}].
ham_prize:
  [{hi} {name}, |{hi}, |Guess what! |]{win_line}[ {x}|]
  {win_line} {chat}[ {x}|]
number_line:
  [this is|it's] {name}, [new phone|I have a new number|my old phone drowned|changed network], [save this one|use this
    number now|my new number].
  is this still your number? [It's {name} from {hobby}|{name} here|We met at the {gig}]. [Call me|Text me back|Ring me
    when you can].
  I lost my phone on the {vehicle}, [this is {name}'s|borrowed this one from {name}|text me here for now].
ham_number:
  {hi}[ {name}|], {number_line}[ {chat}| {x}|]
notice_text:
  [Reminder|{name}]: your [dental|eye|hair|vet|nurse] appointment is {day} {date} at {time}. [Call|Ring] {phone} [to
    change it|if you can't come].
  {courier}: your parcel from {shop} [will arrive|is due] {day} [between {time} and {time}|before {time}]. [Track it
    at {link}|No need to sign].
  {courier}: sorry we missed you. Your parcel is [with your neighbour|at {place}|back at the depot]. [Rebook|Details]:
    {link}
  {code} is your {shop} [login|security|sign-in] code. [Never share it|It expires in {number} minutes|Do not tell
    anyone, even our staff].
  {bank}: a payment of {price} to {shop} was [made|approved] on {date}. [Not you? Call the number on your card|No
    action is needed].
  {bank}: your [statement|new card|savings certificate] is [ready in the app|on its way|in the post]. We never ask for
    your [PIN|password] by text.
  {shop}: your order {code} is ready to collect. [Bring your order number|We keep it until {date}|Open until {time}
    today].
  {shop}: {percent} off everything this weekend with code {code}. [Text STOP to opt out|You get this as a card
    holder|In store and at {link}].
  Your {event} [voucher|bonus points|free gift] from {shop}: show this text at the till before {date}. [Thank you for
    being a member|To opt out text STOP to {phone}].
  [Garage: your {vehicle}|Library: your reservation|Vet: your prescription] is ready. [Total {price}|Open till
    {time}|Please call {phone}].
"""

MAILS = """
work_line:
  [Please find attached|I attach|Attached is] the [revised |final |]{document} for the {project}[, with {name}'s
    comments|].
  [Could you|Would you mind|Can someone in {department}] check [section {number}|the figures|the appendix|page
    {number}] before {day}?
  {name} raised [a question|two points|an objection] about the {document}, and I think [she is right|we should
    answer|it can wait].
  The {project} is [on schedule|a week behind|{percent} complete], mainly because [half of {department} is ill|the
    supplier was late|we started early].
  We [agreed|decided|promised] to [circulate|rewrite|publish] the {document} [by {date}|before the holidays|once legal
    has read it].
  I [moved|booked|cancelled] the [review|workshop|steering group] [to {day} at {time}|in room {number}|until {name} is
    back].
  [Our|The] budget for the {project} is {price}, of which [about half|{percent}|very little] has been spent.
  Invoice {code} for {price} is [overdue|approved|still with {department}]; [please pay it this week|the purchase
    order was missing|payment terms are {number} days].
  Let me know if [anything is unclear|you disagree|another day suits you better|you need access to the folder].
  {department} will [close|update|replace] the [lift|phone system|expenses form|visitor system] [over the weekend|from
    {date}].
  [Travel|Parking|Lunch] will be [reimbursed|arranged|provided]; keep your receipts and send the claim to
    {department}.
  Interviews for the [assistant|analyst|librarian|technician] post are on {date}, [{number} candidates|two
    panels|{name} chairs].
  It would be [helpful|useful|kind] if you could bring the {document} and [a laptop|last year's numbers|your
    calendar].
  [Apologies|Sorry] for the short notice, but the client [asked for|insists on|has dropped] the {project} {document}.
  Thanks to everyone who [helped with|worked late on|contributed to] the {project}; the feedback was {good}.
  [Visitors|Contractors] must sign in at reception, wear a badge and leave the fire exits clear at all times.
  We interviewed forty customers and learned that most of them never open the {document} beyond the summary.
  The architect proposes a ramp, wider corridors and quieter fans, which {department} would support in principle.
  Two servers were replaced overnight without an outage; {name} deserves credit for the careful planning.
  Before we commit, I would like to compare suppliers, weigh the risks and hear what {department} would say.
work_mail:
  Subject: [Re: |Fwd: |]{project} [{document}|meeting|update|{date}] {dear} [{name}|all|team|both], {work_line*1-6}
    {bye}
  Subject: [Re: |Fwd: |]{project} [{document}|meeting|update|{date}] {dear} [{name}|all|team|both], {work_line*7-15}
    {bye}
  [{dear} {name}, |]{work_line*1-2} {bye}
  [{dear} {name}, |]{work_line*1-2} {bye}
bill_line:
  [Please find|You will find] invoice {code} for {price} [attached|below|in the portal]; it is due on {date}.
  We have [received|recorded|refunded] your payment of {price} for [invoice|order|booking] {code}.
  [Our|The] bank details [have not changed|are on the second page|are printed on the invoice]; call {name} on {phone}
    with any question.
  [Click|Log in] at {link} to [see your account|download the receipt|update your card details].
  A reminder that [membership|the rental|the deposit|your subscription] of {price} [is due|will be collected] on
    {date}.
  The total includes delivery and [tax|a discount of {percent}|{number} hours at the agreed rate].
invoice_mail:
  Subject: [Invoice|Re: invoice|Payment received|Reminder: invoice] {code} {dear} {name}, {bill_line*1-5} {work_line}
    {bye}
  Subject: Receipt {code} {dear} {name}, {bill_line*1-3} [Thank you for your business|Regards], {shop}
offer_line:
  [Save|Enjoy|Take] {percent} off [every|our] {item} [this week|until {date}|while stocks last].
  [Free|Next day|Carbon neutral] delivery on orders over {price} [until {day}|all {event} long].
  New in: the {good} {item} in [teal|mustard|cherry|navy|olive|cream], from {price}.
  Our {item} [won|was a finalist for] the {event} design prize, and you can [win one|be the first to buy it|see it in
    {town}].
  [Join us|Meet the makers] at our {town} shop on {date} for [a talk|free coffee|a workshop on {hobby}].
  How to [care for|choose|repair] your {item}: read the [guide|story|interview] at {link}.
  Use code {code} at the checkout. [One use per customer|Not valid with other offers|Ends {date}].
  Members get [double points|early access|a free gift] on {day}. [Click here|Shop now|Order now] {link}
  A recipe for [{food}|rhubarb crumble|seeded bread] with {ingredient} and {ingredient} is on our [page|blog].
  Hand woven by a family workshop, our {item} is lined with recycled wool and guaranteed for a decade.
  Sparkling ideas for rainy afternoons: bake {food}, build a den or borrow our free pattern for a patchwork {item}.
  Meet our makers: a glassblower, a saddler and a potter explain why slow craft outlives fast fashion.
newsletter:
  Subject: {shop} news: [{event} sale|our {event} letter|{percent} off for you|what's new] {dear} {name},
    {offer_line*2-14} You receive this because you [signed up|subscribed] at {link}. [Unsubscribe|Change your
    settings] any time.
  Subject: [Your {event} offers|A thank you from all of us|Last chance: {percent} off] {offer_line*1-5} [Happy
    reading|See you soon|Yours], {shop}. [Unsubscribe|To unsubscribe click here]: {link}
order_line:
  Thank you for your order {code}: [1|2|{number}] x {item} at {price}[ and 1 x {item} at {price}|].
  We [will email you|send a text] when it [leaves|ships from] our {town} warehouse, [usually within {number} days|on
    {day}].
  It was handed to {courier} and should reach you [on|by] {day} {date}. Track it: {link}
  You can [return|exchange] the {item} free of charge within {number} days, [no questions asked|unworn and boxed].
  Your {item} is out of stock until {date}; [reply to cancel|we have refunded {price}|we are sorry].
  [How did we do?|Rate your {item}] Leave a review [at {link}|] and [win|you could win] a {price} voucher.
order_mail:
  Subject: Your order {code} {dear} {name}, {order_line*2-5} [Questions? Call {phone}.|] {shop}
  Subject: [Dispatched|Order confirmed|Delivery update] {code} {order_line*1-3} {shop}
bank_line:
  Your [monthly statement|annual summary|interest certificate] is ready to view [in the app|at any branch|in online
    banking].
  From {date} the interest rate on your [savings|current] account [rises|falls] to {digit}.{nought}%.
  We will never ask for your password, your PIN or a [code|transfer] by email, text or telephone.
  If you see a payment that you do not recognise, call us on the number on the back of your card.
  Our {town} branch will [close early|reopen|move next door] on {date}; the cash machine [stays open|moves too].
  You do not need to do anything. [The full terms are enclosed|Ask in any branch for a printed copy].
bank_mail:
  Subject: [Your statement is ready|Changes to your account|Important information about your account] Dear {name},
    {bank_line*1-5} Yours sincerely, {bank}
club_line:
  The {hobby} group [meets|starts again|has a taster session] on {day} at {time} [in|at] {place}; [beginners
    welcome|bring a friend].
  We [raised|collected|spent] {price} at the {event} [fair|fête|sale], [thanks to {name}|mostly on cakes|a record].
  [Volunteers|Drivers|Bakers|Stewards] are needed for the {event} [parade|open day|litter pick]; [reply to this
    mail|see {name}].
  [The raffle winner|First prize in the raffle] was {name}, who takes home {prize}.
  Subscriptions are due: {sum}, [cash or transfer|to {name} please|concessions half price].
  {name} is [giving away|looking for|selling] a {item}, [free to a good home|{sum} or near offer|collect from {town}].
  Please [return|label|donate] your [music|kit|keys|seed trays|costumes] [by {date}|to {place}].
  The footpath [to {town}|behind {place}] is [flooded|muddy|open again]; wear your {clothes}.
  At the committee meeting we [voted on|argued about|postponed] the [roof|hedge|car park|website|tea urn].
  Congratulations to {team}, who [won the cup|came second|beat {town}] on {day}.
  Our guest speaker, a former {trade}, described shipwrecks, smugglers and the lost railway beneath the cliffs.
  The hall heating failed during rehearsal, so the altos sang in scarves and the conductor borrowed my {clothes}.
  A swarm settled above the pavilion; please keep your distance until the beekeeper has collected it.
  The seed swap produced forgotten varieties of {plant}, several arguments and a splendid marrow named Gerald.
club_mail:
  Subject: {hobby} [newsletter|notes|reminder|rota] Dear [all|members|friends|neighbours], {club_line*2-14} {bye}
letter:
  Subject: [news from {town}|hello|long time|photos|Re: {day}] {dear} {name}, {letter_line*1-3} {chat*1-4}
    {letter_line} [Love|Hugs|Yours], {name}
  Subject: [our {event} holiday|greetings from {town}|at last a letter] {dear} {name}, {letter_line*4-9} {chat*3-9}
    {letter_line} [Love|Hugs|Yours], {name}
letter_line:
  It was lovely to hear from you; I read your letter on the {vehicle} and [smiled all the way|nearly missed my stop].
  The children [started at the new school|grew another inch|have taken up {hobby}] and {relative} is [much
    better|knitting again].
  We [planted|harvested|pickled] {plant} and the whole {room} [smells of summer|is full of jars].
  [Next month|In spring|After the exams] we hope to [visit you|see {town}|rent a cottage near {town}], [let me know
    which dates suit|don't go to any trouble].
  I [made|tried] {food} with {ingredient} and {ingredient}: simmer for {number} minutes, stir, [season|rest|serve] and
    hope.
  Do you remember the {gig} in {year}? I found [the ticket|a photograph|your {clothes}] in a box in the {room}.
  The ferry crossing was [rough|calm|foggy], and a seal followed us past the lighthouse until the captain whistled at
    it.
  {relative} has taken a job as {trade} in {town}, which nobody [expected|believes].
  On Sunday we walked along the canal, counted herons and ended up in a tea room run by a retired {trade}.
  The roof leaked again during the storm, so there are buckets on the stairs and a tarpaulin over the chimney.
  Our street held a party under paper lanterns, with a brass band, a tug of war and far too much elderflower cordial.
  I am reading a thick novel about a clockmaker who forges maps; [remind me to lend it to you|you would love the
    ending].
  The kitten sleeps in the bread bin, ignores every toy and growls at the hoover like a tiger.
  After the frost the pond froze, and the neighbours' children slid across it on tea trays, shrieking.
tech_line:
  I can reproduce {fault} in the {module} [on two machines|since release {number}|only with an empty file].
  The [patch|branch|commit] {code} [fixes|hides|reverts] it, but the {module} tests [still fail|need {number}
    seconds|pass locally].
  [Please|Could you] [rebase|attach the log|bisect|add a test] and [request a review|ping {name}|update the
    changelog].
  The nightly build [broke|is green again|ran out of disk] at {time}; [see {link}|logs attached|suspect the {module}].
  Version {number} [drops|deprecates|adds] the [old|experimental|threaded] {module}; [release notes follow|migration
    takes minutes].
tech_mail:
  Subject: [Re: |]dev: {fault} in the {module} [On {date} {name} wrote: > {tech_line} |]{tech_line*1-5} [--
    {name}|{bye}]
"""

SPAM = """
urge:
  [Reply|Call|Claim|Act|Order] now [or lose it|before {date}|and win|today only]!
  [Call|Ring|Txt] {phone} now[, it's {free}|, quote {code}|].
  [Claim|Get|See] yours now at {link}
  [Offer|This offer|Code {code}] ends [tonight|{date}|in {number} hours], [hurry|act fast|don't miss out]!
  [T&Cs apply|18+ only|Limited places|No risk], [reply STOP to end|click {link}|100% {free}].
prize_line:
  [Congratulations|Well done|Great news][ {name}|]! [You have won|You are the {winner} of|Your number won|You
    {winner}, claim] {prize}.
  Your [mobile|email|number] was [picked|drawn|selected] in our {event} [draw|lottery|promotion]. The prize is
    {prize}.
  [Final|Second|Last] [notice|attempt]: {amount} [is waiting|is still unclaimed|has your name on it].
  To [claim|collect] [call|ring] {phone}, [quote|claim code] {code}.
  [Claim|Get|Collect] your {free} {gadget} [at|here:] {link}
  Answer {number} easy questions and [win|receive] {prize}! {link}
spam_prize:
  [URGENT! |WIN! |{hi}! |]{prize_line*2-3}[ {urge}|]
  [URGENT! |]{prize_line} {urge}
loan_line:
  Need {cash} [fast|before payday|{when}]? Get a {loan} of up to {amount}, bad history [welcome|no problem].
  Your {loan} of {amount} is [approved|pre-approved|ready], [just confirm at {link}|call {phone}].
  [Cut|Halve|Wipe out] your monthly payments by {percent} with our {loan}. No fees, [no paperwork|no questions].
  Were you [mis-sold insurance|in an accident]? You [may be|are] owed {amount}. [Reply CLAIM|Call {phone}].
spam_loan:
  [URGENT: |{hi}! |]{loan_line} {urge}
  {loan_line*1-3}
alarm_line:
  {bank}: [we noticed|there was] [unusual activity|a new device|a payment of {price}] [on|in] your account.
  Your [account|card|online access] [has been|will be] [suspended|locked|restricted] [today|on {date}|unless you act].
  [Confirm|Verify|Update] your details [at|here:] {link}[ to avoid closure| within {number} hours|].
  If this was not you, [log in|cancel it|secure your account] at {link}
spam_bank:
  {alarm_line*2-3}
  {alarm_line}[ {urge}|]
  Subject: [Important information about your account|Security alert {code}|Your statement is ready] Dear
    [customer|{name}|member], {alarm_line*2-4} {bank_line} Yours sincerely, {bank}
spam_parcel:
  {courier}: your parcel [is held|could not be delivered|is waiting] because of [an unpaid fee of {price}|a wrong
    address|customs]. [Pay|Rebook|Confirm] at {link}
  {courier}: sorry we missed you. [To reschedule|To get your parcel] [pay {price}|confirm your card] [here|at] {link}
  Subject: Delivery update {code} {dear} {name}, it was handed to {courier} but [the fee of {price} is missing|the
    address is incomplete]. [Open the form|Pay now] {link}
  Tax office: you are [due|owed] a refund of {price}. [Claim|Submit your card] at {link}[ before {date}|]
pill_line:
  [Say goodbye to|Troubled by|End] {illness}[ in {number} days|]! [Try|Order] our {remedy} {link}
  Doctors [hate|love] this {remedy}, {percent} off {when}.
  {goods}, [lowest prices|up to {percent} off|from {price}], [shipped free|discreet packing|all brands]! {link}
  [Txt|Send] {code} to {phone} for {free} {goods}, [{price} per week|cancel any time].
  Your [licence|antivirus|streaming plan|domain] expires {date}. [Renew|Upgrade] for {price}: {link}
spam_goods:
  [{hi}! |]{pill_line}[ {pill_line}|] {urge}
  Subject: [{goods}|{percent} off|Last chance: {percent} off|you forgot this] {pill_line*2-5} {offer_line*1-3} {urge}
    [Unsubscribe|To unsubscribe click here]: {link}
job_line:
  [Earn|Make] {amount} a [week|day|month] from home, [no experience needed|just {number} hours|only a phone required].
  We [saw|liked|reviewed] your [profile|CV] and [want to offer|have] a [part-time|remote] [assistant|packing|reviewer]
    job.
  [Interviews|Training] [by chat only|not required], start {day}. [Message {name} on {phone}|Apply: {link}].
  You only [receive transfers|like videos|forward parcels] and keep {percent}.
  A small deposit of {price} [covers|pays for] your [starter kit|uniform|training manual].
  Our mystery shoppers test hotels, rate restaurants and keep every gift; vacancies in {town} close {day}.
  You will process payments for overseas clients from your kitchen table, and commission is paid the same evening.
  We are a fast growing international company and urgently recruit honest agents; age and education do not matter.
spam_job:
  [{hi}[ {name}|], |]{job_line*2-3}[ {urge}| {x}|]
  [{hi}[ {name}|], |]{job_line}[ {urge}|]
  Subject: [Job offer|Re: your application|Work from home] {dear} {name}, {job_line*2-8}[ {work_line}|] {bye}
love_line:
  I [saw|found] your [picture|profile] and [felt something|could not stop smiling|thought you look {good}].
  I am a [lonely|quiet|gentle] {trade} [from|near] {town}, looking for [true love|a friend|someone kind].
  [Write me|Add me|Chat with me] at {link} and I will send [photos|my story].
  Someone [you know|near {town}|from {hobby}] has a secret crush on you! [Find out who|Call {phone}|Reply YES].
  My dear, I want to visit but the ticket costs {amount}, can you help?
spam_love:
  [{hi} dear, |{hi}, |]{love_line*1-3}[ {x}|]
  {hi}[ {name}| dear|], {feeling} {love_line}[ {x}|]
spam_friend:
  {hi}[ Mum| Dad| Gran| Auntie|], {number_line}[ {chat}|] [Can you|Could you] [lend|send|transfer] me {sum}? [I'll pay
    you back {day}|It's urgent|Explain later|My card is blocked].
  {hi}[ {name}|], {number_line} I need a favour, [it's urgent|can you help?|it's about {cash}|call me now].[ {x}|]
  {hi}, [sorry, wrong person?|is that {name}?] {number_line} [You seem nice|What do you do?|Are you free to chat?]
spam_tiny:
  [{hi} |][is this still your number? call me|you there? text back|got your message, call {phone}|are you free? need a
    favour|see your photo {link}|lol is this you? {link}|call me, it's urgent {x}|{name}? new number, text me]
  {hi} [dear|{name}], [how are you?|are you busy?|long time!|can we talk?] [Call {phone}|Reply here|{x}|Write me back]
fortune_line:
  I am [a {trade}|the {trade} of a late {trade}|an officer of {bank}] and I write to you in [confidence|good
    faith|haste].
  The sum of [eighteen|nine|four] million dollars lies in [a vault|an account|a trunk] [in {town}|at {bank}], and
    there is no heir.
  I need [a reliable|an honest|a discreet] partner abroad to receive this fund, and I offer you {percent}.
  [Kindly|Please] send your full name, [telephone|address], age and account number [so that we may proceed|without
    delay].
  [This transaction|The business] is [free of risk|perfectly legal|approved by a judge], but keep it [secret|between
    us].
  [My doctor says|The {trade} told me] I have [little time|{number} weeks], and I wish to [give it to charity|see the
    money in good hands].
  A fee of {price} for the [courier|stamp|lawyer] must be paid before the release of the funds.
  Your email address has won {amount} in the {event} lottery; contact our agent {name} with reference {code}.
  I found your contact [in a directory|through a friend|by chance] and believe that you are a person of trust.
  My late husband, a respected {trade}, deposited a metal trunk of gold and diamonds before the uprising.
  Fate has directed me to you, and together we shall build orphanages, wells and a hospital with this inheritance.
  The secretary general has signed the certificate of release, and the diplomatic courier is waiting at the airport.
  You must tell nobody, not even your family or your bank, until the beneficiary forms are stamped.
  I have attached my passport, the deposit slip and the death certificate for your perusal and trust.
spam_fortune:
  Subject: [Urgent|Confidential|Business proposal|hello|Re: your fund] [Dear friend|Dear sir|Greetings|Dear {name}],
    {fortune_line*2-15}[ {letter_line}|] {bye}
stock_line:
  {ticker} [is set to|will] [triple|explode|rise {percent}] [this week|on {day}]; [buy before the news|insiders are
    loading up].
  {coin} [paid|made] our members {percent} [a day|last month]; [minimum {price}|deposit from {price}|withdraw any
    time] {link}
  [Early|Smart|Small] investors turned {price} into {amount} [in {number} days|with our robot|while they slept].
  Past results are no promise, but [our analyst|{name}] has been right {number} times in a row.
  [Double|Grow] your {coin}: [join the group|get the signal] {link}
  The company signed a contract in {town}, and [nobody|hardly anyone] has noticed yet.
  Forget the lottery: our secret algorithm scans markets while you sleep and turns pocket change into riches.
  A tiny mining firm near {town} struck lithium, the chart screams breakout, and latecomers will weep.
  Retired {trade} {name} quit work after joining our circle, and now drives a convertible along the coast.
spam_stock:
  {stock_line*1-2} {urge}
  Subject: [{ticker} alert|Investor report|Re: {coin}] {dear} {name}, {stock_line*2-9} [{urge}|{bye}]
pitch_line:
  We [can put|guarantee] your website on page one of search [in {number} days|or your money back].
  [Our|My] team of {number} [designers|writers|callers] works from {price} a month, [first week free|no contract].
  I [tried to call|wrote last week] about your [listing|domain|trade mark], which [expires|is incomplete]; invoice
    {code} for {price} is attached.
  [Buy|Rent] {number} thousand [addresses|followers|verified leads] for {price}: {link}
  Your mailbox is {percent} full. [Log in|Confirm] at {link} to keep your messages.
  Please pay invoice {code} for {price} to our new bank account [today|by {date}]; [details attached|the old one is
    closed].
  Our bulletproof mailing engine delivers to millions of inboxes, rotates senders and boosts conversion overnight.
  Your competitors already rank above you; a tiny investment in backlinks, banners and reviews reverses that.
spam_pitch:
  Subject: [Re: your website|Invoice {code}|quick question|Partnership] {dear} {name}, {pitch_line*1-6}[ {work_line}|
    {bill_line}|] {bye}
  {dear} {name}, {pitch_line}[ {bye}|]
"""

FIXED = """
odd_ham:
  ???!!! ... ?!
  Привет! Увидимся завтра в шесть у музея, я принесу книгу.
  :-) :-) :-)
  &lt;#&gt; &amp; &lt;#&gt; = lunch?
odd_spam:
  恭喜!您的号码已获奖,请回复领取。
  $$$ >>> !!! <<< $$$
undecidable_ham:
  Call me when you get this, it's about the money
  Free tonight?
undecidable_spam:
  Call me when you see this, it's about your money
  Are you free tonight? x
"""


def _rules(block: str, separator: str) -> dict[str, tuple[str, ...]]:
    """Read `name: alternatives`; the separator is a regular expression."""
    rules: dict[str, tuple[str, ...]] = {}
    for rule in re.split(r"\n(?=\w)", block.strip()):
        name, _, body = rule.partition(":")
        rules[name] = tuple(" ".join(option.split()) for option in re.split(separator, body) if option.strip())
    return rules


_COMMA, _LINE = r",\s", r"\n  (?! )"
_FACT_RULES = _rules(FACTS, _COMMA)
DRAWN_LAST = frozenset(_FACT_RULES)
RULES = {
    **_FACT_RULES,
    **_rules(WORDS, _COMMA),
    **_rules(TEXTS, _LINE),
    **_rules(MAILS, _LINE),
    **_rules(SPAM, _LINE),
    **_rules(FIXED, _LINE),
}
