/* Small comforts. Every page works without them. */
(() => {
  const root = document.documentElement
  const each = (selector, work, within = document) => within.querySelectorAll(selector).forEach(work)

  // Colours: kept in a cookie so that the server draws the page right from the first byte.
  const themes = () => each("[data-themes]", group => {
    group.hidden = false
    each("button", button => {
      button.setAttribute("aria-pressed", button.value === (root.dataset.theme || "auto"))
      button.onclick = () => {
        if (button.value === "auto") delete root.dataset.theme
        else root.dataset.theme = button.value
        const age = button.value === "auto" ? 0 : 31536000
        document.cookie = `theme=${button.value};path=/;max-age=${age};samesite=lax`
        themes()
      }
    }, group)
  })

  const ready = page => {
    each("[data-dismiss]", button => { button.hidden = false }, page)
    each("[data-copy]", button => { button.hidden = false }, page)
    each("[data-poll]", poll, page)
    each("[data-slider]", slider => { slider.hidden = false }, page)
  }

  // A part that redraws itself until the answer no longer asks for it.
  const poll = part => setTimeout(async () => {
    const answer = await fetch(part.dataset.poll, { headers: { "X-Part": "1" } }).catch(() => null)
    if (!answer?.ok) return poll(part)
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const next = page.getElementById(part.id)
    if (!next) return location.reload()
    part.replaceWith(next)
    ready(next.parentNode)
  }, 1000)

  document.addEventListener("click", event => {
    const at = selector => event.target.closest(selector)
    at("[data-dismiss]")?.parentNode.remove()
    const copy = at("[data-copy]")
    if (copy) {
      const text = document.querySelector(copy.dataset.copy)
      navigator.clipboard?.writeText(text.value ?? text.textContent.trim())
      if (copy.dataset.copied) copy.textContent = copy.dataset.copied
    }
    const dialog = at("[data-dialog]") && document.querySelector(at("[data-dialog]").dataset.dialog)
    if (dialog?.showModal) { event.preventDefault(); dialog.showModal() }
    if (at("[data-close]")) { event.preventDefault(); at("dialog").close() }
    each("details.more[open]", more => { if (!at(".bar")) more.open = false })
  })

  document.addEventListener("keydown", event => {
    if (event.key === "Escape") each("details.more[open], details.help[open]", open => {
      open.open = false
      if (open.contains(document.activeElement) || open.matches(".more")) open.firstElementChild.focus()
    })
  })

  // One click, one sending: the button says so and comes back with the page.
  document.addEventListener("submit", event => {
    const form = event.target, button = event.submitter
    if (form.method !== "post" || event.defaultPrevented) return
    if (form.dataset.sent) return event.preventDefault()
    form.dataset.sent = "1"
    setTimeout(again, 8000) // an answer that is a file leaves the page where it was
    if (!button?.matches(".button") || button.form?.target) return
    button.setAttribute("aria-busy", "true")
    button.dataset.words = button.textContent
    button.textContent = button.dataset.busy || (root.lang.startsWith("en") ? "One moment…" : "Un instant…")
  })
  const again = () => {
    each("form[data-sent]", form => { delete form.dataset.sent })
    each("[aria-busy][data-words]", button => { button.removeAttribute("aria-busy"); button.textContent = button.dataset.words })
  }
  addEventListener("pageshow", again)

  // A slider, in thousandths, and the number it moves: each follows the other.
  document.addEventListener("input", event => {
    const at = event.target, number = at.dataset.slider && document.querySelector(at.dataset.slider)
    if (number) number.value = String(at.value / 1000).replace(".", root.lang.startsWith("en") ? "." : ",")
    const slider = at.id && document.querySelector(`[data-slider="#${CSS.escape(at.id)}"]`)
    if (slider) slider.value = parseFloat(at.value.replace(",", ".")) * (/\d\s*g$/i.test(at.value.trim()) ? 1 : 1000) || 0
  })

  document.addEventListener("change", event => {
    if (event.target.closest("[data-autosubmit]")) event.target.form.requestSubmit()
    if (event.target.matches("[data-shrink]")) shrink(event.target)
  })

  // What was touched before htmx was there is sent when it is.
  document.addEventListener("htmx:load", event => {
    if (event.target === document.body) each("[hx-trigger=change] input:checked", input => {
      if (!input.defaultChecked) input.dispatchEvent(new Event("change", { bubbles: true }))
    })
  })

  // A photo of a phone is made small before it is sent (and loses where it was taken); as it is when that fails.
  const shrink = async input => {
    const photo = input.files[0]
    if (!photo || photo.size < 200000) return
    const picture = await createImageBitmap(photo).catch(() => null)
    if (!picture) return
    const scale = Math.min(1, input.dataset.shrink / Math.max(picture.width, picture.height))
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width * scale, height: picture.height * scale })
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height)
    const small = await new Promise(done => canvas.toBlob(done, "image/jpeg", .82))
    if (!small || small.size > photo.size || input.files[0] !== photo) return
    const files = new DataTransfer()
    files.items.add(new File([small], "photo.jpg", { type: "image/jpeg" }))
    input.files = files.files
  }

  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) document.addEventListener(type, event => {
    const zone = event.target.closest?.("[data-drop]")
    if (!zone) return
    zone.classList.toggle("over", type === "dragenter" || type === "dragover")
    if (type === "dragover" || type === "drop") event.preventDefault()
    const file = zone.querySelector("input[type=file]")
    if (type === "drop" && event.dataTransfer.files.length) { file.files = event.dataTransfer.files; file.dispatchEvent(new Event("change", { bubbles: true })) }
  })

  // Lists that are put in order by dragging; buttons do the same, one step at a time.
  each("form[data-order]", form => {
    const list = form.querySelector(".ordered")
    each("[data-item]", item => { item.draggable = true }, list)
    let lifted
    list.addEventListener("dragstart", event => { lifted = event.target.closest("[data-item]"); lifted.classList.add("lifted") })
    list.addEventListener("dragover", event => {
      const over = event.target.closest("[data-item]")
      if (!lifted || !over || over === lifted || over.parentNode !== list) return
      event.preventDefault()
      const after = event.clientY > over.getBoundingClientRect().top + over.offsetHeight / 2
      over[after ? "after" : "before"](lifted)
    })
    list.addEventListener("drop", event => event.preventDefault())
    list.addEventListener("dragend", () => {
      lifted.classList.remove("lifted")
      lifted = null
      const order = document.createElement("input")
      Object.assign(order, { type: "hidden", name: "ordre", value: `${form.dataset.order}:${[...list.children].map(item => item.dataset.item)}` })
      form.append(order)
      form.requestSubmit()
    })
  })

  themes()
  ready(document)
  document.querySelector("[data-focus]")?.focus()
})()
