import init from "__GLUE__";

// The outline is that of the map; another page of the app has another title.
if (location.pathname === "/embed") document.querySelector("h1").textContent = "Embed the survey";

init({ module_or_path: "__WASM__" }).catch((error) => {
  const message = document.createElement("p");
  message.setAttribute("role", "alert");
  message.textContent = "Valuemap could not start. Reload the page; if that does not help, update your browser.";
  document.querySelector("#dashboard .skeleton").replaceWith(message);
  throw error;
});
