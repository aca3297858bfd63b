"""The vocabulary of the demo data: what people of many trades are called, know and do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """A line of work, filed under a category; `pay` is a year's range in US dollars."""

    slug: str
    field: str
    pay: tuple[int, int]
    titles: tuple[str, ...]
    skills: tuple[str, ...]
    duties: tuple[str, ...]
    is_hourly: bool = False
    is_desk: bool = False


def _trade(
    slug: str, field: str, pay: tuple[int, int], *lists: str, hourly: bool = False,
    desk: bool = False,
) -> Trade:  # fmt: skip
    titles, skills, duties = (tuple(words.split("|")) for words in lists)
    return Trade(slug, field, pay, titles, skills, duties, hourly, desk)


TRADES = {
    trade.slug: trade
    for trade in (
        _trade(
            "software-engineering", "Engineering", (85_000, 165_000),
            "Software Engineer|Backend Engineer|Frontend Developer|Mobile Developer|Full-Stack Developer|Site Reliability Engineer|Test Automation Engineer|Embedded Software Engineer|Platform Engineer",
            "Python|TypeScript|Go|PostgreSQL|React|Kubernetes|Kotlin|Java|C++|C#|Node.js|Redis|AWS|Linux",
            "Design and build services that stay fast when traffic doubles|Review the code of your colleagues and learn from theirs|Take part in an on-call rota that is quiet because we fix causes|Measure before you optimise and share what you have found|Write tests that tell a reader what the software promises",
            desk=True,
        ),
        _trade(
            "data-analytics", "Data", (75_000, 150_000),
            "Data Analyst|Data Engineer|Data Scientist|Machine Learning Engineer|Business Intelligence Developer|Analytics Engineer",
            "SQL|Python|dbt|Airflow|Spark|Tableau|Power BI|Statistics|Machine learning|Excel",
            "Turn questions from the business into queries and clear answers|Keep the pipelines that feed our reports honest and on time|Build models that are understood by those who rely on them|Agree with every team on what each figure means|Find out why a number moved before anybody has to ask",
            desk=True,
        ),
        _trade(
            "it-support", "IT", (42_000, 85_000),
            "IT Support Specialist|Systems Administrator|Network Engineer|Service Desk Technician|Cloud Administrator",
            "Windows Server|Active Directory|Networking|Linux|Microsoft 365|VPN|Scripting|Ticketing systems",
            "Answer requests of colleagues by phone, chat and at their desk|Install, patch and retire laptops, servers and phones|Watch over backups and prove every quarter that they restore|Document each fix, so that it is needed only once|Plan and carry out changes to networks outside office hours",
            desk=True,
        ),
        _trade(
            "security", "Security", (80_000, 160_000),
            "Security Analyst|Penetration Tester|Information Security Officer|Cloud Security Engineer|Incident Responder",
            "SIEM|Threat modelling|ISO 27001|Incident response|Burp Suite|Identity management|Linux|Python",
            "Find weaknesses in our products before somebody else does|Lead the response when an alarm turns out to be real|Teach teams how to handle secrets and personal data|Review suppliers and write down what we accept and why|Tune detections until every alert is worth reading",
            desk=True,
        ),
        _trade(
            "design", "Design", (58_000, 125_000),
            "Product Designer|UX Researcher|Graphic Designer|UI Designer|Interaction Designer|Packaging Designer",
            "Figma|Prototyping|User research|Accessibility|Typography|Adobe Illustrator|Design systems|Usability testing",
            "Talk to the people who use our product every week|Sketch, test and refine until the obvious way is the right one|Look after a design system that engineers like to use|Make sure that everything we publish is accessible|Present your reasoning as clearly as your drawings",
            desk=True,
        ),
        _trade(
            "project-management", "Projects", (62_000, 130_000),
            "Project Manager|Product Manager|Scrum Master|Programme Manager|Delivery Manager",
            "Planning|Stakeholder management|Agile|Jira|Risk management|Budgeting|Roadmapping|Facilitation",
            "Bring the right people together and keep meetings short|Keep plan, budget and risks visible to everyone involved|Decide what is left out and explain the reasons|Speak with customers and bring back what they really need|Remove what stands in the way of the team",
            desk=True,
        ),
        _trade(
            "sales", "Sales", (48_000, 120_000),
            "Account Executive|Sales Representative|Key Account Manager|Business Development Manager|Inside Sales Consultant|Sales Engineer",
            "Negotiation|CRM|Salesforce|Cold calling|Presentations|Forecasting|Account planning|B2B",
            "Look after existing customers and win new ones in your region|Understand the problem first and propose something second|Prepare offers and negotiate terms that both sides keep|Keep the forecast in our system close to the truth|Visit customers and trade fairs several times a year",
            desk=True,
        ),
        _trade(
            "marketing", "Marketing", (50_000, 110_000),
            "Marketing Manager|Content Marketer|Performance Marketing Specialist|Brand Manager|Social Media Manager|SEO Specialist",
            "Copywriting|SEO|Google Ads|Email marketing|Analytics|Campaign planning|Social media|Branding",
            "Plan campaigns from the first idea to the last report|Write texts that people finish reading|Spend a budget as carefully as if it were your own|Test messages, keep what works and drop the rest|Work with sales on what happens after the first click",
            desk=True,
        ),
        _trade(
            "customer-support", "Customer care", (34_000, 62_000),
            "Customer Support Agent|Customer Success Manager|Call Centre Agent|Technical Support Specialist|Complaints Handler",
            "Communication|Zendesk|Problem solving|German|Spanish|French|Conflict resolution|Typing",
            "Help customers by mail, chat and phone and stay with them until it works|Recognise what many customers ask and tell the product team|Write help articles that make the next question unnecessary|Handle complaints with patience and authority to put things right|Welcome new customers and show them the first steps",
            desk=True,
        ),
        _trade(
            "finance-accounting", "Finance", (52_000, 115_000),
            "Accountant|Financial Controller|Payroll Specialist|Internal Auditor|Tax Advisor|Treasury Analyst|Bookkeeper",
            "IFRS|Excel|SAP|Payroll|Bookkeeping|Auditing|Tax law|Forecasting",
            "Close the books every month on the third working day|Prepare statements that auditors and managers can follow|Reconcile accounts and clear up what does not match|Advise departments on their budgets through the year|Improve how invoices travel from the post to the payment",
            desk=True,
        ),
        _trade(
            "human-resources", "People", (48_000, 98_000),
            "HR Business Partner|Recruiter|People Operations Specialist|Learning and Development Manager|Compensation Analyst",
            "Recruiting|Employment law|Interviewing|Onboarding|Coaching|Workday|Labour relations|Payroll",
            "Find people who fit the work and treat every applicant fairly|Advise managers in talks that are not easy|Look after contracts, leave and certificates without delay|Run an onboarding that new colleagues speak well of|Organise training for teams at all of our sites",
            desk=True,
        ),
        _trade(
            "administration", "Administration", (34_000, 64_000),
            "Office Manager|Executive Assistant|Receptionist|Data Entry Clerk|Administrative Assistant|Purchasing Clerk",
            "Organisation|Microsoft Office|Scheduling|Travel booking|Minute taking|Filing|Phone manner|Purchasing",
            "Keep calendars, travel and rooms in order|Welcome visitors and answer the phone in a friendly way|Prepare meetings and write minutes that can be relied on|Order supplies and check the invoices that follow|Keep records complete and easy to find",
        ),
        _trade(
            "healthcare", "Nursing", (46_000, 105_000),
            "Registered Nurse|Night Nurse|Physiotherapist|Medical Assistant|Paediatric Nurse|Radiographer|Pharmacist|Midwife|Intensive Care Nurse",
            "Patient care|Triage|Wound care|Medication management|Documentation|First aid|Ultrasound|Infection control",
            "Care for patients and explain to families what happens next|Document treatment and medication completely|Hand over shifts so that nothing is lost between two teams|Support doctors during examinations and small procedures|Guide trainees through their first months on the ward",
            hourly=True,
        ),
        _trade(
            "education", "Teaching", (40_000, 82_000),
            "Primary School Teacher|Mathematics Teacher|Early Childhood Educator|Language Trainer|Special Needs Teacher|School Librarian",
            "Lesson planning|Classroom management|Assessment|Curriculum design|English|Mathematics|Inclusion|Mentoring",
            "Plan and give lessons that start from what children know|Speak regularly with parents about progress and worries|Support pupils who need more time or another way|Prepare projects and excursions together with colleagues|Give feedback that helps pupils with their next step",
        ),
        _trade(
            "social-services", "Care", (36_000, 68_000),
            "Social Worker|Elderly Care Assistant|Youth Counsellor|Family Support Worker|Home Care Worker",
            "Counselling|Empathy|Case management|Crisis intervention|Driving licence|Documentation|Safeguarding|Teamwork",
            "Visit people at home and help with what the day demands|Work out plans together with families and authorities|Recognise crises early and act with a clear head|Keep records that protect those in our care|Stay in touch with schools, clinics and neighbours",
            hourly=True,
        ),
        _trade(
            "operations-logistics", "Logistics", (36_000, 78_000),
            "Warehouse Associate|Truck Driver|Forklift Operator|Supply Chain Planner|Delivery Driver|Dispatcher|Shift Supervisor|Inventory Controller",
            "Forklift licence|Inventory|SAP|Route planning|Driving licence|Shift work|Order picking|Customs",
            "Receive, store and ship goods without mistakes|Plan tours so that drivers come home on time|Count stock and find the reason for every difference|Keep vehicles and equipment safe and clean|Speak with carriers when something is late",
            hourly=True,
        ),
        _trade(
            "manufacturing", "Production", (38_000, 84_000),
            "CNC Machinist|Production Operator|Quality Inspector|Maintenance Technician|Welder|Production Planner|Tool Maker",
            "CNC|Welding|Quality control|Lean|Technical drawings|Maintenance|Measuring tools|Shift work",
            "Set up, run and look after modern machines|Measure parts and stop the line when they are out of tolerance|Repair faults and prevent them from coming back|Hand in ideas that save material, time or effort|Follow the safety rules and remind others of them",
            hourly=True,
        ),
        _trade(
            "engineering", "Engineering", (62_000, 125_000),
            "Mechanical Engineer|Electrical Engineer|Process Engineer|Structural Engineer|Wind Turbine Technician|Quality Engineer",
            "AutoCAD|SolidWorks|PLC|MATLAB|Project planning|Commissioning|Electrical safety|Finite element analysis",
            "Calculate, draw and test components for new plants|Go along to commissioning and solve problems on site|Choose suppliers and check what they deliver|Write specifications that leave no room for guesses|Follow norms and keep the certificates up to date",
        ),
        _trade(
            "construction", "Construction", (42_000, 92_000),
            "Electrician|Plumber|Carpenter|Site Manager|Crane Operator|Roofer|Painter|Civil Engineer",
            "Wiring|Reading plans|Power tools|Scaffolding|Site safety|Plumbing|Concrete|Driving licence",
            "Carry out installations in new and old buildings|Read plans and order material in time|Keep the site safe, tidy and on schedule|Hand over finished rooms to contented owners|Show apprentices how good work is done",
            hourly=True,
        ),
        _trade(
            "hospitality-food", "Hospitality", (30_000, 66_000),
            "Line Cook|Head Chef|Waiter|Barista|Hotel Receptionist|Pastry Chef|Housekeeping Supervisor|Bartender|Restaurant Manager",
            "Food safety|Cooking|Customer service|Guest relations|Menu planning|Coffee|Stock keeping|Languages",
            "Prepare dishes from fresh produce of the region|Welcome guests and remember what they like|Keep kitchen and stores clean by the book|Plan shifts and orders for the coming week|Stay calm and friendly when every table is taken",
            hourly=True,
        ),
        _trade(
            "retail", "Stores", (29_000, 62_000),
            "Store Manager|Sales Assistant|Cashier|Visual Merchandiser|Department Supervisor|Butcher|Florist|Optician",
            "Customer service|Cash handling|Merchandising|Stock keeping|Product knowledge|Sales|Teamwork|Ordering",
            "Advise customers honestly and find what suits them|Keep shelves full and prices correct|Open or close the store and settle the tills|Build displays that make people stop|Handle returns and complaints generously",
            hourly=True,
        ),
        _trade(
            "media-writing", "Editorial", (42_000, 94_000),
            "Editor|Technical Writer|Video Producer|Translator|Photographer|Copy Editor|Journalist",
            "Writing|Editing|Research|Adobe Premiere|Interviewing|Fact checking|Storytelling|Photography",
            "Find stories, check the facts and tell them well|Edit the texts of others with care for their voice|Plan the week together with the newsroom|Produce pictures, sound and video for several channels|Keep to deadlines and to our code of conduct",
            desk=True,
        ),
        _trade(
            "science-research", "Research", (52_000, 112_000),
            "Laboratory Technician|Research Scientist|Clinical Research Associate|Environmental Scientist|Biostatistician",
            "Laboratory work|PCR|R|Good clinical practice|Sampling|Chromatography|Statistics|Scientific writing",
            "Prepare, run and document experiments|Look after instruments and calibrate them on schedule|Analyse results and discuss them with the group|Write reports and contribute to publications|Follow good practice from the sample to the archive",
        ),
        _trade(
            "government-public", "Public service", (40_000, 88_000),
            "City Planner|Tax Officer|Case Worker|Park Ranger|Building Inspector|Records Officer",
            "Public law|Citizen service|Writing|Negotiation|Geographic information systems|Budgeting|Documentation|Languages",
            "Advise citizens in person and in writing|Decide applications on time and give reasons that can be understood|Work with other departments and with local groups|Inspect places and write reports of what you saw|Help to make our services available online",
        ),
    )
}  # fmt: skip
