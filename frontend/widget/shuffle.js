/** The things in an order made up of the seed, as `shared/src/survey/shuffle.rs` does it. */
export const shuffled = (things, seed) => {
  const order = [...things];
  const below = (limit) => {
    for (;;) {
      seed = (seed + 0x6d2b79f5) | 0;
      let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      const number = (mixed ^ (mixed >>> 14)) >>> 0;
      if (number < 2 ** 32 - (2 ** 32 % limit)) return number % limit;
    }
  };
  for (let last = order.length; --last > 0; ) {
    const other = below(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
};
