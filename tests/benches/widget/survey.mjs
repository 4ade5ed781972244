// The survey that every contender shows: what the standard survey says about the five benefits.

export const title = "What is this community worth to you?";

export const questions = [
  ["product_knowledge", "The community helps me understand the product better."],
  ["unconventional_uses", "Here I find ways to use the product that I would not have thought of."],
  ["peer_best_practices", "I learn from how other members do their work."],
  ["recognised_expertise", "My knowledge and experience are recognised here."],
  ["roadmap_influence", "What we say here shapes where the product goes."],
].map(([key, prompt]) => ({ key, prompt }));

export const points = 5;
export const ends = ["Not at all", "Completely"];
