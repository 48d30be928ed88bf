"""Invented names: put together at random, they belong to nobody."""

import numpy as np

WOMEN = tuple(
    "Ada Aisha Alma Amara Amelia Ana Anika Anja Astrid Beatriz Bianca Brigid Camille Carla Carmen Celeste Chiara "
    "Clara Dalia Daphne Delia Dina Edith Elena Elif Elsa Emeka Esther Eva Farah Fatima Fiona Freya Gemma Greta "
    "Hana Hannah Helena Ida Imani Ines Ingrid Irene Isla Ivy Jana Jasmin Joana Johanna Judith Kaja Katya Keiko "
    "Laila Lara Leila Lena Lila Linnea Livia Lucia Luisa Mai Malika Mara Marta Mei Mina Mira Nadia Naomi Nina Noor "
    "Odile Olga Paloma Petra Rana Rebecca Rosa Ruth Sabine Salma Sana Selma Sofia Stella Sunita Tamar Tara Tessa "
    "Thea Ulla Vera Viola Wanda Willa Yasmin Ylva Zara Zoe".split()
)
MEN = tuple(
    "Aaron Abel Adrian Ahmed Alban Alexei Amir Anders Andre Anton Arjun Arthur Axel Bashir Ben Bjorn Boris Bruno "
    "Caleb Carlos Cedric Chidi Cyrus Dario David Diego Dmitri Edgar Eli Emil Enzo Erik Ezra Faisal Felix Finn "
    "Florian Gabriel George Gideon Gregor Gustav Hamid Harold Hassan Hector Henrik Hugo Ian Idris Igor Ivan Jakob "
    "Jamal Jan Javier Jonas Joseph Julian Kai Karim Kenji Kofi Lars Leo Levi Liam Luca Malik Marco Martin Mateo "
    "Milan Musa Nathan Nico Niels Noah Oleg Omar Oscar Otto Pablo Paul Per Quentin Rafael Ravi Reza Robert Roman "
    "Rufus Samir Sanjay Simon Stefan Tariq Theo Tomas Uri Victor Viktor Walter Xavier Yusuf Zane".split()
)
LAST = tuple(
    "Abara Abbott Achterberg Adler Aguilar Ahlgren Akintola Alder Almeida Amadi Anand Andrade Arbuckle Archer "
    "Arroyo Asante Ashby Aubert Ayers Bagley Baines Bakker Balogun Banerjee Barlow Barros Basu Bauer Beaumont "
    "Becker Bellamy Beltran Benassi Bergman Bhatt Birch Blackwood Blanco Bloom Bonner Borg Boswell Boucher Brandt "
    "Braun Briggs Brooks Bui Burke Byrne Caldwell Calloway Camara Cardoso Carver Castell Cavallo Chandra Chavez "
    "Cho Cisse Clemens Cobb Coleman Conti Corbin Cortez Costa Crane Cruz Cullen Curtis Dahl Dalton Danso Darby "
    "Das Decker Delacroix Demir Desai Devlin Diaz Diop Dixon Dorsey Drummond Duarte Dubois Duffy Durand Dvorak "
    "Ebert Eklund Ellery Emerson Engel Eriksen Escobar Esposito Fabre Falk Farrell Faulkner Ferrara Field Fiore "
    "Fischer Fleming Foley Fonseca Forsyth Frost Fuchs Gallo Garland Garrick Gatti Ghosh Gibbs Giordano Glover "
    "Goddard Goldberg Gomes Gorman Grady Greco Griffith Guerra Gupta Haas Hadley Hale Halloran Hansen Hardy "
    "Harlow Hartmann Hayes Hedlund Herrera Hoang Hobbs Hoffman Holloway Holt Horvath Hossain Hume Hussain Ibarra "
    "Ibrahim Iglesias Inoue Ito Ivers Jansen Jarvis Jensen Joshi Juarez Kamara Kapoor Karlsen Kato Kaufman Kaur "
    "Keane Kemp Kerr Khan Kimura Kirby Klein Kowalski Kraus Kumar Lacey Lambert Landau Lange Larsen Laurent Leblanc "
    "Lehmann Leung Levin Lim Lindqvist Lombardi Lowell Lozano Ludwig Luna Lynch Macias Madsen Mahoney Malhotra "
    "Mancini Marin Marsh Mathur Maurer Mbeki Mccabe Medina Mehta Mercer Meyer Milne Molina Monroe Morales Moreau "
    "Moretti Moss Mueller Mukherjee Munro Musa Nakamura Navarro Ndiaye Neumann Ngo Nichols Nilsen Noble Nolan Novak "
    "Nunez Nyberg Obi Ochoa Odell Ojeda Okafor Olsen Onwu Oram Orlov Osborne Oyelaran Pacheco Padilla Palmer Pappas "
    "Parekh Park Pascal Pavlov Peck Pereira Perrin Pham Pike Pinto Popov Porter Prasad Prescott Quinn Quist Rahman "
    "Ramsey Rao Rasmussen Redmond Reis Renner Reyes Ricci Rivers Robles Rojas Romano Rossi Rowe Ruiz Saito Salazar "
    "Sandoval Sato Sauer Savage Schmidt Schulz Sethi Shah Sharma Shaw Sheridan Silva Singh Sloan Soto Spencer "
    "Stark Steiner Stokes Strand Suarez Sundberg Sutton Suzuki Sykes Takeda Talbot Tanaka Tate Thorne Tierney Toft "
    "Torres Tran Turner Ueda Underhill Valdez Vance Vasquez Vega Verma Vidal Vogel Voss Wade Wagner Walsh Warren "
    "Watts Weaver Webb Weiss Whitfield Wilder Winters Wolfe Wong Woodward Yamada Yates Yilmaz Young Zamora Ziegler "
    "Zimmer".split()
)
FIRST = (*WOMEN, *MEN)


def full_names(rng: np.random.Generator, count: int) -> list[str]:
    """So many first and last names; they may repeat, as names do."""
    first, last = rng.integers(0, len(FIRST), count).tolist(), rng.integers(0, len(LAST), count).tolist()
    return [f"{FIRST[f]} {LAST[b]}" for f, b in zip(first, last, strict=True)]


def different_names(rng: np.random.Generator, count: int) -> list[str]:
    """So many different full names."""
    picked = rng.choice(len(FIRST) * len(LAST), count, replace=False).tolist()
    return [f"{FIRST[n % len(FIRST)]} {LAST[n // len(FIRST)]}" for n in picked]
