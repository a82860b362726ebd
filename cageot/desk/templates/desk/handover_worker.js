/* Serves the depot's list when there is no network. The page itself keeps its copy (handover.js), and takes it away;
   here it is only given back, and never after its day. */
const PAGES = "cageot-depot", FILES = "cageot-depot-files"
const OURS = ["{% static 'desk/handover.css' %}", "{% static 'desk/handover.js' %}"]
const PATIENCE = 4000 // milliseconds before a network that does not answer counts as none

addEventListener("install", event => event.waitUntil((async () => {
  await caches.delete(FILES)
  await (await caches.open(FILES)).addAll(OURS)
  await skipWaiting()
})()))

addEventListener("activate", event => event.waitUntil(clients.claim()))

addEventListener("fetch", event => {
  const request = event.request, path = new URL(request.url).pathname
  if (request.method !== "GET") return
  if (OURS.includes(path)) event.respondWith(caches.match(request, { cacheName: FILES }).then(found => found || fetch(request)))
  else if (request.mode === "navigate" && registration.scope.endsWith(path)) event.respondWith(list(request, path))
})

const list = async (request, path) => {
  const pages = await caches.open(PAGES)
  const kept = await pages.match(path)
  const fresh = kept && Date.now() < Number(kept.headers.get("X-Until"))
  if (kept && !fresh) await pages.delete(path)
  if (!fresh) return fetch(request)
  const online = fetch(request).then(async answer => {
    if (answer.status === 404) await pages.delete(path) // the link was stopped: the names go
    return answer.status < 500 ? answer : kept
  })
  return Promise.race([online, new Promise(done => setTimeout(done, PATIENCE, kept))]).catch(() => kept)
}
