import init from "__GLUE__";

// The outline has the heading of the first page.
const heading = __HEADINGS__[location.pathname];
if (heading) document.querySelector("h1").textContent = heading;

init({ module_or_path: "__WASM__" }).catch((error) => {
  const message = document.createElement("p");
  message.setAttribute("role", "alert");
  message.textContent = "Valuemap could not start. Reload the page; if that does not help, update your browser.";
  document.querySelector("#dashboard .skeleton").replaceWith(message);
  throw error;
});
