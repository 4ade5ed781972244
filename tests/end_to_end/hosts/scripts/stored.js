// The names of everything that this page's origin keeps in the browser.
return (async () => {
  const keys = (storage) => {
    try {
      return Object.keys(storage());
    } catch {
      return [];
    }
  };
  return {
    cookies: document.cookie ? document.cookie.split("; ") : [],
    local: keys(() => localStorage),
    session: keys(() => sessionStorage),
    databases: (await indexedDB.databases()).map((database) => database.name),
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).map((worker) => worker.scope),
  };
})();
