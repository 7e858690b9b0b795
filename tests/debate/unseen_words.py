"""Questions written before the grammar was looked at, in five lots. A line: example, text, form (one or the other, where both answer
it), names, amounts. Of the last lot 88% were read right the first time."""

from __future__ import annotations

_TEXT = """
gun ; so how come the drones got nothing at all ; why not ; G35
opioid ; the syringe services people want to know the reason they were turned down ; why not ; P16
gun ; justify the money for the lighting and vacant lots please ; why ; G30
opioid ; on what grounds does the mobile clinic get its award? ; why ; P01
gun ; what's the smallest change that would squeeze the gunshot sensors in ; cheapest ; G15
opioid ; How little would it take to get drug checking funded? ; cheapest ; P15
gun ; is anything still sitting in the Foundation Pledge ; left ; Foundation Pledge
opioid ; how much of the Custody Treatment Grant do we still have to hand out ; left ; Custody Treatment Grant
gun ; if I could hire one more analyst, how much good would that do ; worth of role ; analyst
opioid ; are prescribers our bottleneck and what would an extra one buy us ; worth of role ; prescriber
gun ; the feds may pull the Community Violence Grant altogether. what happens to us ; lose ; Community Violence Grant
opioid ; say the drug court grant is terminated on us tomorrow ; lose ; Drug Court Grant
gun ; which grant are we most exposed to ; biggest loss
opioid ; Losing which pot of money would be the worst thing for the region? ; biggest loss
gun ; whose call is it to relax the police share of the pool ; who may change ; Police share of the pool
opioid ; can we ourselves alter the county formula or does somebody else have to sign ; who may change ; County formula
gun ; what are we giving up because of the neighborhood formula ; cost of rule ; Neighborhood formula
opioid ; how expensive is the no theme above 30% rule to us ; cost of rule ; No theme above 30%
gun ; spell out what the families of victims rule demands ; rule ; Families of victims
opioid ; Remind me what Emerging threats says ; rule ; Emerging threats
gun ; suppose we scrap the steady year rule ; without rule ; A steady year
opioid ; how would things look if Even quarters did not apply ; without rule ; Even quarters
gun ; What did we end up giving the trauma therapy after discharge? ; how much ; G18
opioid ; the award for recovery housing in Calder is what exactly ; how much ; P18
gun ; give me everything on Probation as an agency ; agency ; Probation
opioid ; what is Open Door walking away with, compared to before ; agency ; Open Door
gun ; anybody worse off than twelve months ago? ; who loses
opioid ; whose award shrank since last year ; who loses
gun ; rank the biggest awards for me ; most
opioid ; Where is the bulk of the money going? ; most
gun ; are we leaving any dollars on the table ; unspent
opioid ; is there cash we could not place anywhere ; unspent
gun ; which programs live off the School Safety Grant ; hostages ; School Safety Grant
opioid ; Name what hangs on the Sheriffs Shared Budget ; hostages ; Sheriffs Shared Budget
gun ; out of which pockets does the bedside team get its money ; who pays ; G17
opioid ; whose budget covers kinship care ; who pays ; P21
gun ; how much of this is actually up to us tonight ; open
opioid ; What part of the money is already spoken for and what can we still argue about? ; open
gun ; what is holding the whole plan back the most ; binding
opioid ; which constraints pinch ; binding
gun ; are we compliant on everything ; rules kept
opioid ; does this plan break any of the rules? ; rules kept
gun ; give me the bottom line in one sentence ; total
opioid ; all in all how much do we hand out and what does it buy ; total
gun ; list everyone who went home empty handed ; not funded
opioid ; Who did not make the cut? ; not funded
gun ; if some money turned up, who would be first to get it ; next
opioid ; first runner-up among the rejected ones? ; next
gun ; run the scenario where riverbend misses its targets ; scenario ; Riverbend misses its targets
opioid ; What happens to us should Stillwater close ; scenario ; Stillwater closes
gun ; the council wants to shave an eighth, 12.5%, off the Violence Prevention Pool ; cut ; Violence Prevention Pool ; 0.125
opioid ; legislature is talking about 400k less in the State Opioid Response Grant. effect? ; cut ; State Opioid Response Grant ; 400000
gun ; would another quarter million for the probation budget help? 250,000 ; raise ; Probation Budget ; 250000
opioid ; imagine the settlement fund pays out 8% above what we planned ; raise ; Opioid Settlement Fund ; 0.08
gun ; let's say JAG, the Justice Assistance Grant, lands at 900k even ; set ; Justice Assistance Grant ; 900000
opioid ; What if Drug Court Grant were exactly $650,000? ; set ; Drug Court Grant ; 650000
gun ; could mentors for students get $40k on top of what they have ; more ; G22 ; 40000
opioid ; a member asks for 75,000 extra for the overdose maps ; more ; P31 ; 75000
gun ; put the buy-back days in, what gives? ; fund ; G34
opioid ; force parcel and highway interdiction into the plan ; fund ; P28
gun ; take the night walks out and tell me who benefits ; drop ; G04
opioid ; how would it go without the telehealth prescribing ; drop ; P04
gun ; Southgate Outreach could bring two additional outreach workers ; people ; Southgate Outreach ; outreach worker ; 2
opioid ; if Behavioral Health found 3 more nurses ; people ; Behavioral Health ; nurse ; 3
gun ; Police can spare four detectives less than promised ; fewer people ; Police ; detective ; 4
opioid ; Open Door is about to lose five of its peer coaches ; fewer people ; Open Door ; peer coach ; 5
gun ; for what reason is the city-wide ad campaign not in here? ; why not ; G36
opioid ; explain to the sheriff why parcel and highway interdiction was left out ; why not ; P28
gun ; defend the summer jobs award ; why ; G20
opioid ; What's the thinking behind funding the jail treatment in Bell? ; why ; P08
gun ; what would have to happen for safe routes to school to be picked ; cheapest ; G24
opioid ; How far away is the counterfeit pill lab from being funded ; cheapest ; P29
gun ; Has the Police Budget been used up? ; left ; Police Budget
opioid ; what would one extra clinician be good for ; worth of role ; clinician
gun ; tell us how valuable another counselor is ; worth of role ; counselor
gun ; worst case, the survivor assistance grant vanishes ; lose ; Survivor Assistance Grant
opioid ; can we survive without the trafficking area grant? ; lose ; Trafficking Area Grant
opioid ; which of the funds can we least afford to lose ; biggest loss
gun ; who has the power to waive the match of the survivor grant ; who may change ; Match of the survivor grant
opioid ; What is Calder County share costing us? ; cost of rule ; Calder County share
gun ; what exactly does outreach from the neighborhoods require of us ; rule ; Outreach from the neighborhoods
gun ; imagine there was no rule Indirect cost of grants ; without rule ; Indirect cost of grants
opioid ; suspend Rural presence for a year, then what ; without rule ; Rural presence
opioid ; How big is the naloxone award? ; how much ; P12
gun ; how does the Workforce Board fare under this plan ; agency ; Workforce Board
gun ; who comes off worse than before ; who loses
opioid ; Which five initiatives take the largest share? ; most
opioid ; any funds we fail to use? ; unspent
gun ; what would go under if we only had the others and not the Youth and Jobs Budget ; lose|hostages ; Youth and Jobs Budget
opioid ; which initiatives depend entirely on the Drug Court Grant ; hostages ; Drug Court Grant
gun ; who is footing the bill for the case portal ; who pays ; G31
opioid ; how much room do we really have to decide ; open
gun ; where are the tightest limits ; binding
opioid ; Do we meet all the conditions? ; rules kept
gun ; summarize the plan for me ; total
opioid ; who gets zero ; not funded
gun ; who just missed out ; next
opioid ; settlement paid late, what would that do ; scenario ; settlement paid late
gun ; we hear the Community Violence Grant will come in fifteen percent lower ; cut ; Community Violence Grant ; 0.15
opioid ; the Health Shared Budget loses $120,000 ; cut ; Health Shared Budget ; 120000
gun ; somebody donates 60 thousand to the Foundation Pledge ; raise ; Foundation Pledge ; 60000
opioid ; What if the county allotment was doubled to 2 million? ; set ; County Allotment ; 2000000
gun ; I move to add $25,000 to funeral and compensation help ; more ; G27 ; 25000
opioid ; we have to have the privacy desk, whatever it costs others ; fund ; P34
gun ; what do we gain by cancelling the camera registry ; drop ; G16
gun ; suppose Probation lends us one more case manager ; people ; Probation ; case manager ; 1
opioid ; Emergency Services pulls two nurses ; fewer people ; Emergency Services ; nurse ; 2
opioid ; Mothers and pregnant women get a program, but why was school prevention passed over? Prevention lessons in schools ; why not ; P24
gun ; my constituents ask what the reasoning was behind denying the drones ; why not ; G35
opioid ; can you back up the decision on telehealth prescribing ; why ; P04
gun ; explain to me like I'm five why hot-spot maps got what they got ; why ; G13
gun ; what's the price tag on getting the registry of cameras... sorry, the drones, approved ; cheapest ; G35
opioid ; anything we could tweak to let Syringe services through? ; cheapest ; P16
opioid ; how many dollars haven't been touched in the Recovery Results Pot ; left ; Recovery Results Pot
gun ; do we gain anything by bringing on one more case manager ; worth of role ; case manager
opioid ; should we be hiring peer coaches, is it worth it ; worth of role ; peer coach
gun ; Washington stops paying the Justice Assistance Grant in July ; lose ; Justice Assistance Grant
opioid ; plan B if the State Opioid Response Grant is not renewed? ; lose ; State Opioid Response Grant
gun ; what keeps you up at night, which grant going away ; biggest loss
opioid ; who do we have to call to get around the Rural presence rule ; who may change ; Rural presence
gun ; is the steady year rule ours to change ; who may change ; A steady year
gun ; what would we be able to do in addition if families of victims was not a rule ; without rule|cost of rule ; Families of victims
opioid ; price of keeping the Settlement looks ahead rule ; cost of rule ; Settlement looks ahead
opioid ; are we on the right side of Local jails ; rule ; Local jails
gun ; read me the text of Pledge is earned ; rule ; Pledge is earned
opioid ; bottom line for treatment beds in Millbrook, how many dollars ; how much ; P03
gun ; how did the Survivors Network make out ; agency ; Survivors Network
opioid ; what's the damage for the Ashford Sheriff ; agency ; Ashford Sheriff
opioid ; who is going to be mad at us tomorrow because they get less ; who loses
gun ; name the top earners ; most
gun ; is every cent put to work ; unspent
opioid ; what programs would be orphans without the Custody Treatment Grant ; hostages|lose ; Custody Treatment Grant
opioid ; where is the money for naloxone coming from ; who pays ; P12
gun ; which part of this is a foregone conclusion and which part do we vote on ; open
opioid ; what is the one thing that would let us do more ; binding
gun ; any rule violations I should know about? ; rules kept
opioid ; give it to me straight, how much money and how many lives ; total
opioid ; which proposals did we say no to ; not funded
gun ; who is first on the bench ; next
gun ; let's look at the hospital lends no counselors scenario ; scenario ; hospital lends no counselors
opioid ; mayor wants a fifth cut from the Family Services Budget ; cut ; Family Services Budget ; 0.2
gun ; we may only see 85% ... make it 15 percent less for the School Safety Grant ; cut ; School Safety Grant ; 0.15
opioid ; the governor promises 500,000 more dollars for the Opioid Settlement Fund ; raise ; Opioid Settlement Fund ; 500000
gun ; Police Budget ends up being 1.1 million ; set ; Police Budget ; 1100000
opioid ; would like to see release planning get 30k more ; more ; P09 ; 30000
gun ; I insist on the advertising campaign, show me who pays for that ; fund ; G36
opioid ; scratch the infant care work ; drop ; P23
gun ; Riverbend Peace promises 1.5 extra outreach workers ; people ; Riverbend Peace ; outreach worker ; 1.5
opioid ; Drug Court loses two case workers next month ; fewer people ; Drug Court ; case worker ; 2
task ; Why did you turn down the tip line in six languages? ; why not ; T29
gun ; the librarian asked why lighting and vacant lots gets that much ; why ; G30
task ; what has to give so that Daily intelligence briefing gets in ; cheapest ; T19
opioid ; is there a realistic path for syringe services to be financed ; cheapest ; P16
gun ; what is still sitting unused in the Youth and Jobs Budget ; left ; Youth and Jobs Budget
opioid ; what do we gain from one extra nurse ; worth of role ; nurse
gun ; how much more could we do with an additional youth worker ; worth of role ; youth worker
task ; if the Port Security Grant falls through, what happens ; lose ; Port Security Grant
opioid ; we expect the Custody Treatment Grant to be terminated ; lose ; Custody Treatment Grant
gun ; which fund would leave the biggest hole if it disappeared ; biggest loss
opioid ; who has authority over the Emerging threats rule ; who may change ; Emerging threats
gun ; who would have to agree before we soften outreach is not cut back ; who may change ; Outreach is not cut back
opioid ; how much are we sacrificing for the rule Fair return ; cost of rule ; Fair return
gun ; tell me what Pledge is earned means in practice ; rule ; Pledge is earned
opioid ; are we meeting Prevention is kept up ; rule ; Prevention is kept up
task ; pretend the rule Fair return was abolished ; without rule ; Fair return
gun ; what's the current award for the summer jobs ; how much ; G20
opioid ; how many dollars is kinship care getting ; how much ; P21
gun ; what is in this plan for the Survivors Network ; agency ; Survivors Network
opioid ; I'm from Family Services, how do we come out ; agency ; Family Services
task ; which agencies are getting squeezed compared with last year ; who loses
gun ; Who is getting the lion's share? ; most
opioid ; did we spend all of the money ; unspent
gun ; what does the Probation Budget actually fund ; hostages ; Probation Budget
opioid ; which grants are behind the mobile treatment clinic ; who pays ; P01
task ; what can the committee still influence ; open
gun ; what's the biggest obstacle to doing better ; binding
opioid ; is everything in line with the rules ; rules kept
task ; so what's the total bill and what do we get for it ; total
gun ; which applicants get no money ; not funded
opioid ; if there were a bit more money, who'd be up next ; next
gun ; show what happens in the scenario therapy locked ; scenario ; therapy locked
opioid ; suppose two thirds... no, 30%, of the County Allotment were taken away ; cut ; County Allotment ; 0.3
gun ; Community Violence Grant comes in $200,000 under what we hoped ; cut ; Community Violence Grant ; 200000
task ; the Port Security Grant grows by 12 percent ; raise ; Port Security Grant ; 0.12
opioid ; what would an increase of $90k in the Drug Court Grant get us ; raise ; Drug Court Grant ; 90000
gun ; assume only 500k is available in the School Safety Grant ; set ; School Safety Grant ; 500000
opioid ; please bump peer coaches in the community by 20k ; more ; P19 ; 20000
gun ; we want safe storage and buy-back days funded no matter what ; fund ; G34
task ; would anybody notice if we dropped Waterfront business watch ; drop ; T27
gun ; what if the Prevention Office got 2 more case managers ; people ; Prevention Office ; case manager ; 2
opioid ; Behavioral Health just told us they have three clinicians fewer ; fewer people ; Behavioral Health ; clinician ; 3
opioid ; parents want to know why drug checking is not on the list ; why not ; P15
gun ; so why is the shooting investigation team getting as much as it is ; why ; G07
gun ; find me some way to bring in the drones ; cheapest ; G35
task ; is there money remaining in the Task Force Pool ; left ; Task Force Pool
opioid ; would it pay off to employ one more analyst ; worth of role ; analyst
gun ; what happens to our programs once the Community Violence Grant is over ; lose ; Community Violence Grant
opioid ; the most painful grant to lose is which one ; biggest loss
task ; can the committee waive Equipment from pooled money on its own ; who may change ; Equipment from pooled money
gun ; does the rule No neighborhood takes all cost us a lot ; cost of rule ; No neighborhood takes all
opioid ; do we satisfy Indirect cost of grants ; rule ; Indirect cost of grants
gun ; let's imagine Therapy follows the bedside team did not bind us ; without rule ; Therapy follows the bedside team
task ; how large is the award for Elder fraud prevention ; how much ; T34
opioid ; tell us about the role of Open Door in this ; agency ; Open Door
gun ; who ends up with less money than in the past year ; who loses
opioid ; what are the top five awards ; most
task ; is any of the money going unspent ; unspent
gun ; which projects would collapse if not for the School Safety Grant ; hostages|lose ; School Safety Grant
opioid ; who covers the cost of recovery housing in Ashford ; who pays ; P17
gun ; what do we actually get to decide ; open
task ; which limit hurts us the most ; binding
opioid ; do we follow all of the rules in this version ; rules kept
gun ; sum up what we spend and what it achieves ; total
task ; who was left out in the cold ; not funded
opioid ; who would be the next one to be funded ; next
opioid ; what does it look like if beds locked ; scenario ; beds locked
gun ; the county says it will trim the Youth and Jobs Budget by 7% ; cut ; Youth and Jobs Budget ; 0.07
opioid ; a donor wants to give $250k more to the County Allotment ; raise ; County Allotment ; 250000
gun ; what if the Violence Prevention Pool only reaches $2 million ; set ; Violence Prevention Pool ; 2000000
task ; move another $35,000 into Digital evidence courses ; more ; T22 ; 35000
gun ; could we please include the advertising campaign, and what would that do to the others ; fund ; G36
opioid ; leave out the town evenings and see who gets the money ; drop ; P36
gun ; the Housing Authority offers one extra case manager ; people ; Housing Authority ; case manager ; 1
task ; six officers of the City Police are no longer available ; fewer people ; City Police ; officer ; 6
opioid ; Custody Health will have one clinician less ; fewer people ; Custody Health ; clinician ; 1
"""


def _value(said: str) -> str | float:
    return float(said) if said[0].isdigit() else said


_EXAMPLES = {"gun": "gun-violence", "opioid": "opioid-response", "task": "task-force"}
_LINES = [line.split(" ; ") for line in _TEXT.strip().splitlines()]
UNSEEN = [(_EXAMPLES[example], *map(_value, rest)) for example, *rest in _LINES]
