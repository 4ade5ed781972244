// What a page is like apart from the survey: the styles of its own elements, what it holds globally, where its reader is.
const styles = {};
for (const [index, element] of document.querySelectorAll("[data-own], [data-own] *").entries()) {
  const computed = getComputedStyle(element);
  // The field that is in focus at first has an outline for as long as it is.
  const names = [...computed].filter((name) => !element.matches("[data-focus]") || !name.startsWith("outline"));
  styles[`${index} ${element.localName}`] = Object.fromEntries(names.map((name) => [name, computed[name]]));
}
// ChromeDriver leaves these behind.
const isOfTheDriver = (name) => /^(\d+$|ret_nodes|se_|\$?cdc_)/.test(name);
return {
  styles,
  globals: Object.getOwnPropertyNames(window).filter((name) => !isOfTheDriver(name)).sort(),
  attributes: [...document.documentElement.attributes, ...document.body.attributes].map((a) => `${a.name}=${a.value}`),
  head: [...document.head.children].filter((child) => !child.src?.includes("/embed/v1/")).map((child) => child.outerHTML),
  body: [...document.body.children].filter((child) => !child.src?.includes("/embed/v1/")).map((child) => child.localName),
  focus: document.activeElement?.id ?? "",
  scroll: [scrollX, scrollY],
  visited: history.length - recorded.visits,
  title: document.title,
};
