"""Word lists from which invented people and companies are put together."""

# Country: given names, family names, the ending of a company's name.
COUNTRIES: dict[str, tuple[str, str, str]] = {
    "Germany": (
        "Anna Lukas Katrin Jan Miriam Stefan Lena Felix Svenja Matthias Ute Holger",
        "Bauer Hoffmann Krüger Lorenz Neumann Pohl Richter Seidel Vogt Ziegler Brandt",
        "GmbH",
    ),
    "United Kingdom": (
        "Alice George Imogen Harry Fiona Callum Megan Oliver Zara Rhys Nadia Ewan",
        "Ashworth Bennett Clarke Doyle Fraser Griffiths Khan Osborne Pritchard Shaw",
        "Ltd",
    ),
    "France": (
        "Camille Julien Manon Hugo Élodie Mathieu Inès Rémi Claire Thibault Aïcha",
        "Bernard Chevalier Dubois Fournier Girard Lambert Mercier Roux Vidal Benali",
        "SAS",
    ),
    "Netherlands": (
        "Sanne Daan Femke Thijs Marieke Bram Lotte Sven Noortje Ruben Yasmin Joost",
        "Bakker Jansen Meijer Mulder Smit Visser Vos Dekker Kuipers Postma Hendriks",
        "B.V.",
    ),
    "Sweden": (
        "Astrid Erik Freja Gustav Ingrid Nils Saga Viktor Linnéa Oskar Maja Henrik",
        "Andersson Bergström Ekman Forsberg Holm Lindgren Nyström Sandberg Öberg",
        "AB",
    ),
    "Poland": (
        "Agnieszka Bartosz Celina Dawid Ewa Grzegorz Hanna Jakub Kinga Łukasz Marta",
        "Adamczyk Borowska Czarnecki Dudek Górski Jabłońska Kaczmarek Nowak Wójcik",
        "Sp. z o.o.",
    ),
    "Spain": (
        "Lucía Álvaro Carmen Diego Elena Javier Marina Pablo Rocío Sergio Nuria Iker",
        "Alonso Castro Delgado Fuentes Herrero Iglesias Molina Navarro Ortega Vega",
        "S.L.",
    ),
    "Italy": (
        "Chiara Alessandro Giulia Davide Francesca Lorenzo Martina Paolo Silvia Luca",
        "Bianchi Conti De_Luca Ferrari Galli Lombardi Marino Ricci Santoro Vitale",
        "S.r.l.",
    ),
    "United States": (
        "Ashley Brandon Danielle Ethan Grace Jamal Kayla Marcus Olivia Tyler Rosa Wei",
        "Anderson Brooks Chen Diaz Ellis Foster Hayes Jackson Patel Ramirez Sullivan",
        "Inc.",
    ),
    "Canada": (
        "Amélie Connor Harpreet Liam Mackenzie Noah Sophie Tariq Vanessa Xavier Kiran",
        "Bouchard Campbell Gagnon MacDonald Nguyen Singh Tremblay Wong Fortin Reid",
        "Inc.",
    ),
    "India": (
        "Aarav Ananya Deepak Ishita Karthik Meera Nikhil Pooja Rohan Shreya Vikram",
        "Banerjee Chatterjee Desai Gupta Iyer Kulkarni Mehta Menon Rao Sharma Verma",
        "Pvt Ltd",
    ),
    "Brazil": (
        "Beatriz Caio Fernanda Gabriel Larissa Murilo Natália Rafael Tainá Vinícius",
        "Almeida Barbosa Cardoso Ferreira Moreira Nogueira Oliveira Pereira Souza",
        "Ltda",
    ),
    "Nigeria": (
        "Adaeze Chinedu Funmilayo Ifeanyi Kemi Oluwaseun Temitope Uche Zainab Tunde",
        "Adeyemi Balogun Eze Ibrahim Nwosu Obi Okafor Okonkwo Salami Yusuf Bello",
        "Ltd",
    ),
    "Japan": (
        "Akira Haruka Kaori Kenta Mai Naoki Rina Satoshi Yui Takumi Emi Daichi",
        "Endō Fujita Hayashi Inoue Kobayashi Matsuda Nakamura Ogawa Saitō Tanaka",
        "K.K.",
    ),
}
COUNTRY_WEIGHTS = [22, 16, 11, 10, 7, 6, 6, 6, 9, 3, 3, 3, 2, 2]

COMPANY_STEMS = (
    "Northwind Halden Ravensgate Bluewater Altmark Corvina Silverline Tidewell Ostra "
    "Kestrel Lindholm Meridian Fairhaven Granite Hollowell Ivory Juniper Kaltbach "
    "Larkspur Montclair Novara Oakridge Pinnacle Quayside Redwood Solano Thornbury "
    "Umbria Valmont Westmark Yarrow Zenith Amberley Brightwater Cedarholm Dornfeld "
    "Eastgate Falkirk Glenmore Harbour"
)
# Industry: what companies of that kind are called.
INDUSTRIES: dict[str, tuple[str, ...]] = {
    "Logistics": ("Logistics", "Freight", "Shipping"),
    "Manufacturing": ("Precision", "Machine Works", "Components"),
    "Retail": ("Stores", "Retail Group", "Outfitters"),
    "Health care": ("Medical", "Clinics", "Care"),
    "Software": ("Systems", "Software", "Labs"),
    "Construction": ("Construction", "Building", "Civil Works"),
    "Food": ("Foods", "Bakeries", "Dairies"),
    "Energy": ("Energy", "Power", "Renewables"),
    "Education": ("Academy", "College"),
    "Public sector": ("Municipal Services", "Transit"),
}
INDUSTRY_WEIGHTS = [18, 20, 12, 9, 13, 9, 8, 6, 3, 2]

DECIDERS = (
    "Chief Operating Officer",
    "VP Operations",
    "Head of Logistics",
    "Operations Director",
    "Managing Director",
    "Head of Supply Chain",
)
MANAGERS = (
    "Operations Manager",
    "Procurement Manager",
    "Plant Manager",
    "IT Manager",
    "Warehouse Manager",
    "Project Manager",
)
STAFF = (
    "Operations Analyst",
    "Logistics Coordinator",
    "Planner",
    "Office Assistant",
    "Business Analyst",
)
OUTSIDERS = ("Student", "Journalist", "Freelance consultant")
