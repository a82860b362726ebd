/* The depot's list on a volunteer's phone. What is said is kept here first, then sent, as soon as there is a network.
   Without this file the page works by its buttons, online. The rules: docs/rules/handover.md. */
(async () => {
  // A code that came in the address after the #: it goes into the form, and out of the address.
  const door = document.querySelector("[data-code]")
  if (door && location.hash.length > 1) {
    door.elements.code.value = location.hash.slice(1)
    history.replaceState(null, "", location.pathname)
    door.requestSubmit()
  }

  const main = document.querySelector("[data-handover]")
  // Only over HTTPS (or on this machine) do browsers lend what follows.
  if (!main || !window.indexedDB || !window.caches || !crypto.subtle || !navigator.serviceWorker) return
  const page = main.dataset, find = id => document.getElementById(id)
  const fresh = !("kept" in page)
  const copy = "<!doctype html>" + document.documentElement.outerHTML.replace("data-now=", "data-kept data-now=")
  const words = find("words").dataset
  const fill = (sentence, values) => sentence.replace(/%(\w+)/g, (_, name) => values[name])

  // --- What this phone keeps: what is still to send, and where the list stood when we last heard ---

  const open = new Promise((ok, no) => {
    const asked = indexedDB.open(`cageot-depot-${page.handover}`, 1)
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("said", { autoIncrement: true })
      asked.result.createObjectStore("facts")
    }
    asked.onsuccess = () => ok(asked.result)
    asked.onerror = asked.onblocked = () => no(asked.error)
  })
  const write = async work => {
    const base = await open
    return new Promise((ok, no) => {
      // "strict": on the disk before we say so, since a phone may die the next second.
      const transaction = base.transaction(["said", "facts"], "readwrite", { durability: "strict" })
      transaction.oncomplete = ok
      transaction.onerror = transaction.onabort = () => no(transaction.error)
      work(transaction.objectStore("said"), transaction.objectStore("facts"))
    })
  }
  const read = async (store, ask) => {
    const base = await open
    return new Promise((ok, no) => {
      const asked = ask(base.transaction(store).objectStore(store))
      asked.onsuccess = () => ok(asked.result)
      asked.onerror = () => no(asked.error)
    })
  }
  const fact = name => read("facts", store => store.get(name))
  const queue = async () => {
    const [ids, events] = await Promise.all([read("said", store => store.getAllKeys()), read("said", store => store.getAll())])
    return ids.map((id, place) => ({ id, event: events[place] }))
  }

  let offset
  try {
    offset = await fact("offset") ?? 0
  } catch {
    return // a browser that keeps nothing: the page works by its buttons
  }

  // --- Time: the phone's clock may be wrong; ours is read from each answer ---

  if (fresh) offset = page.now - Date.now() // to a second or two; the first answer says better
  const now = () => Math.round(Date.now() + offset)
  const begins = new Date(`${page.day}T00:00:00`).getTime(), ends = new Date(`${page.day}T23:59:59`).getTime()

  // --- The lines ---

  const rows = new Map()
  for (const li of document.querySelectorAll(".lines > li")) {
    const button = li.querySelector("button")
    const head = button?.value.split(" ")[2] ?? ""
    rows.set(Number(li.id.slice(1)), {
      li, button, head, pk: Number(li.id.slice(1)), home: li.dataset.home, name: li.querySelector("b").textContent, state: li.dataset.state,
      note: li.querySelector("q").textContent,
    })
  }
  const told = row => ["collected", "unclaimed", "given_on"].includes(row.state)

  const draw = row => {
    row.li.dataset.state = row.state
    row.li.querySelector("i").textContent = words[row.state]
    row.li.querySelector("q").textContent = row.note
    if (row.button) {
      row.button.firstChild.data = told(row) ? words.undo : words.collect
      row.button.value = `${row.pk} ${told(row) ? "planned" : "collected"} ${row.head}`
    }
  }
  const drawCount = () => {
    const all = [...rows.values()], count = all.filter(row => row.state !== "planned").length
    find("count").firstElementChild.textContent = find("bar").value = count
    find("done").hidden = count < all.length
    for (const part of find("end").children) if (part.id !== "done") part.hidden = count === all.length
  }
  const apply = event => {
    const row = rows.get(event.basket)
    if (!row) return
    if (event.note !== undefined) row.note = event.note
    else { row.state = event.state; row.head = event.key }
    draw(row)
  }
  /* Where the list stands, as the garden said: lines that it does not name have nothing said of them. */
  const stand = list => {
    const known = new Map(list.map(([pk, ...rest]) => [pk, rest]))
    for (const row of rows.values()) {
      [row.state, row.head, row.note] = known.get(row.pk) ?? ["planned", "", ""]
      draw(row)
    }
  }

  /* Before the day, and once the week is closed, the list is only read. */
  const still = quiet => {
    document.body.classList.toggle("still", quiet)
    document.querySelectorAll(".lines button").forEach(button => { button.disabled = quiet })
  }

  const news = (sentence, row) => {
    const line = document.createElement("li")
    line.textContent = fill(sentence, { name: row?.name ?? "", state: words[row?.state] ?? "" })
    find("news").prepend(line)
    while (find("news").children.length > 4) find("news").lastElementChild.remove()
  }

  // --- Saying ---

  /* A statement's name: from what stood before and what it says (RFC 9562, version 5), as `rules.handover.follow`. */
  const follow = async (row, state) => {
    const before = row.head.replaceAll("-", "") || row.pk.toString(16).padStart(32, "0")
    const bytes = [...before.match(/../g).map(two => parseInt(two, 16)), ...new TextEncoder().encode(`${state}:${page.handover}`)]
    const print = new Uint8Array(await crypto.subtle.digest("SHA-1", new Uint8Array(bytes))).slice(0, 16)
    print[6] = print[6] & 15 | 80
    print[8] = print[8] & 63 | 128
    return Array.from(print, byte => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
  }

  let turn = Promise.resolve(), plain = false
  const later = work => { turn = turn.then(work, work); return turn }

  /* Keep what is said, all or none, then show it, then send. */
  const say = (some, state, more = {}) => later(async () => {
    const events = []
    for (const row of some) {
      const event = { basket: row.pk, at: now(), ...more }
      events.push(state ? { ...event, state, after: row.head || null, key: await follow(row, state) } : { ...event, key: uuid() })
    }
    try {
      await write(said => events.forEach(event => said.add(event)))
    } catch {
      plain = true
      return news(words.full)
    }
    events.forEach(apply)
    drawCount()
    await tell()
    clearTimeout(soon)
    soon = setTimeout(send, 1500)
  })
  const uuid = () => crypto.randomUUID()
  let soon

  // --- Sending ---

  let ready = !fresh, spoken = false // is the list kept here; was anything said
  let trouble = "", sending = false, atOnce = 50, token = document.querySelector("[name=csrfmiddlewaretoken]").value
  let tell = async () => {
    const left = (await queue()).length, line = find("line"), calm = spoken ? "sent" : ready ? "ready" : ""
    spoken ||= left > 0
    line.hidden = !(trouble || left || calm)
    line.dataset.left = left
    line.className = trouble
    line.textContent = fill(words[trouble || (left ? "waiting" : calm)] ?? "", { n: left })
  }

  const send = async () => {
    if (sending) return
    sending = true
    try {
      while (await exchange());
    } finally {
      sending = false
      await tell()
    }
  }

  /* One sending and its answer; whether there is more to send at once. */
  const exchange = async (again = true) => {
    const waiting = await queue(), some = waiting.slice(0, atOnce), start = Date.now()
    const asking = { cache: "no-store", signal: AbortSignal.timeout?.(20000) }
    if (some.length) Object.assign(asking, {
      method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ sent: now(), said: some.map(one => one.event) }),
    })
    let answer, heard
    try {
      answer = await fetch(page.sync, asking)
      heard = answer.status === 200 || answer.status === 404 ? await answer.json() : null
    } catch {
      trouble = "offline"
      return false
    }
    trouble = heard ? "" : "busy"
    if (answer.status === 403 && again) { // our token is old: ask for another
      const asked = await fetch(page.sync, { cache: "no-store" }).catch(() => null)
      if (asked?.status === 404) return later(() => gone(undefined, []))
      token = asked?.headers.get("X-CSRFToken") ?? token
      return exchange(false)
    }
    if (answer.status === 400) { // one by one, to find what is not understood
      if (atOnce === 1) await write(said => said.delete(some[0].id))
      atOnce = 1
      return true
    }
    if (!heard) return false
    return later(() => hear(answer.status, heard, some, start))
  }

  const hear = async (status, heard, some, start) => {
    const done = some.filter(one => one.event.key in (heard.results ?? {}))
    if (status === 404) return gone(heard.results, done)
    offset = heard.at - (start + Date.now()) / 2
    await write((said, facts) => {
      done.forEach(one => said.delete(one.id))
      facts.put(offset, "offset")
      facts.put({ delivery: heard.delivery, rows: heard.rows }, "list")
    })
    const before = new Map([...rows.values()].map(row => [row.pk, row.state]))
    stand(heard.rows)
    const left = await queue(), mine = new Set([...done, ...left].map(one => one.event.basket))
    left.forEach(one => apply(one.event))
    drawCount()
    for (const { event } of done) {
      const outcome = heard.results[event.key]
      if (outcome !== "done") news(words[outcome], rows.get(event.basket))
    }
    for (const row of rows.values())
      if (!mine.has(row.pk) && before.get(row.pk) !== "planned" && before.get(row.pk) !== row.state) news(words.changed, row)
    if (heard.closed) still(true)
    // Another list, or another length: read it again, unless something is still to be read or sent here.
    if (!left.length && !find("news").children.length && (String(heard.delivery) !== page.delivery || heard.total !== rows.size)) reload()
    return left.length > 0 && done.length > 0
  }

  /* The list is another one now: at most once a minute, lest a kept copy asks for itself for ever. */
  const reload = () => {
    const last = Number(sessionStorage.getItem("reloaded"))
    if (Date.now() - last < 60000 || document.querySelector("dialog[open]")) return
    sessionStorage.setItem("reloaded", Date.now())
    location.reload()
  }

  // --- Leaving: the names go when the link is stopped, or its day over ---

  const forget = async () => {
    await (await caches.open("cageot-depot")).delete(location.pathname)
    await write((said, facts) => facts.delete("list"))
  }
  const clear = sentence => {
    document.querySelectorAll("dialog").forEach(dialog => dialog.remove())
    find("count").hidden = find("bar").hidden = true
    main.replaceChildren(Object.assign(document.createElement("p"), { className: "news", textContent: sentence }))
  }
  let closed = false
  const gone = async (results, done) => {
    const left = (await queue()).filter(one => !done.some(other => other.id === one.id))
    const unsent = left.map(({ event }) => `${rows.get(event.basket)?.name} : ${event.note ?? words[event.state]}`)
    closed = true
    await forget()
    if (!results) clear(fill(words.again, { n: left.length })) // the phone lost its code: what is kept waits for it
    else {
      await write(said => said.clear())
      clear(unsent.length ? `${words.lost} ${unsent.join(" · ")}` : words.gone)
      await (await navigator.serviceWorker.getRegistration(location.pathname))?.unregister()
    }
    find("line").remove()
    tell = async () => {}
    return false
  }
  const check = async () => {
    if (closed) return
    if (now() > ends) {
      closed = true
      await forget()
      clear(fill(words.over, { n: (await queue()).length }))
      return send()
    }
    if (now() >= begins && find("early")) {
      find("early").remove()
      still(false)
    }
    if (document.visibilityState === "visible") await send()
  }

  // --- The page comes alive ---

  const [kept, waiting] = [await fact("list"), await queue()]
  if (!fresh && kept && String(kept.delivery) === page.delivery) stand(kept.rows)
  waiting.forEach(one => apply(one.event))
  drawCount()

  const other = find("other"), sure = find("sure")
  let chosen
  document.addEventListener("submit", event => {
    const button = event.submitter, row = other?.contains(event.target) ? chosen : rows.get(parseInt(button?.value))
    if (plain || !row || event.target.closest("#more")) return
    event.preventDefault()
    if (event.target.closest("dialog")) {
      const form = event.target.elements
      other.close()
      if (button.value === "note") say([row], "", { note: form.note.value.trim() })
      else say([row], button.value, button.value === "given_on" && form.to.value ? { to: Number(form.to.value) } : {})
      row.li.querySelector("button").focus()
    } else say([row], told(row) ? "planned" : "collected")
  })
  document.addEventListener("click", event => {
    const at = selector => event.target.closest(selector)
    const line = at(".lines a")
    if (line && !plain) {
      event.preventDefault()
      chosen = rows.get(Number(line.closest("li").id.slice(1)))
      find("other-name").textContent = chosen.name
      const form = other.querySelector("form").elements
      form.note.value = chosen.note
      if (form.to) {
        const homes = new Map([...rows.values()].filter(row => row.home !== chosen.home).map(row => [row.home, row.name]))
        form.to.querySelector("optgroup").replaceChildren(...[...homes].map(([home, name]) => new Option(name, home)))
        form.to.selectedIndex = 0
      }
      other.showModal()
    }
    if (at("#rest") && !plain) {
      event.preventDefault()
      const text = sure.querySelector("[data-w]")
      text.textContent = fill(text.dataset.w, { n: [...rows.values()].filter(row => row.state === "planned").length })
      sure.showModal()
    }
    if (at("[data-sure]")) {
      sure.close()
      say([...rows.values()].filter(row => row.state === "planned"), "unclaimed")
    }
    if (at("[data-close]")) at("dialog").close()
  })

  // Finding a name among many. A line that was just ticked stays in sight until the next search.
  const bare = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
  const sift = () => {
    const wanted = bare(find("find").value.trim()), only = find("only").checked
    let shown = 0
    for (const row of rows.values()) {
      row.li.hidden = !bare(row.name).includes(wanted) || (only && row.state !== "planned")
      shown += !row.li.hidden
    }
    find("none").hidden = shown > 0
  }
  document.querySelector(".find").hidden = false
  find("find").addEventListener("input", sift)
  find("only").addEventListener("change", sift)

  if (fresh && !("closed" in page)) {
    const headers = { "Content-Type": "text/html; charset=utf-8", "X-Until": String(ends - offset) }
    const keep = async () => {
      await (await caches.open("cageot-depot")).put(location.pathname, new Response(copy, { headers }))
      await navigator.serviceWorker.register(page.worker, { scope: location.pathname })
      await navigator.serviceWorker.ready
      ready = true
      await tell()
    }
    keep().catch(() => {})
  }
  addEventListener("online", send)
  document.addEventListener("visibilitychange", check)
  setInterval(check, 20000)
  main.dataset.ready = ""
  await check()
})()
