/* What can be measured on a page in the browser, for one success criterion of WCAG each. Put into a page once. */
(() => {
const ids = new Map(); let now, nearby, lit;
const measures = window.measures = {};
const main = () => document.querySelector('[data-testid="stMain"]');
const hidden = e => e.closest('[aria-hidden="true"]');
const seen = e => { const r = e.getBoundingClientRect(), s = getComputedStyle(e);
  return r.width > 1 && r.height > 1 && s.visibility === 'visible' && +s.opacity > 0 && r.right > 0 && e.checkVisibility(); };
const text = e => { const c = e.cloneNode(true);
  c.querySelectorAll('[data-testid="stIconMaterial"], kbd, svg, style, script').forEach(x => x.remove());
  return (c.textContent || '').replace(/\u2060/g, '').replace(/\s+/g, ' ').trim(); };
const name = e => { const by = (e.getAttribute('aria-labelledby') || '').split(/\s+/).map(i => document.getElementById(i)).filter(Boolean);
  if (by.length) return by.map(text).join(' ');
  return (e.getAttribute('aria-label') || [...(e.labels || [])].map(text).join(' ') || text(e) || e.title || e.placeholder || '')
    .replace(/\u2060/g, '').replace(/\s+/g, ' ').trim(); };
const where = e => { const t = e.closest('[data-testid]'), k = e.closest('[class*="st-key-"]');
  return `${e.tagName.toLowerCase()} ${t ? t.dataset.testid : ''} ${k ? (/st-key-[\w-]+/.exec(k.className) || [''])[0] : ''} "${name(e).slice(0, 50)}"`; };
const DATA = 'table, [data-testid="stPlotlyChart"], [data-testid="stDataFrame"], [data-testid="stTable"], pre, code, svg, canvas';
const CONTROLS = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=radio], [role=slider], [role=tab], [role=checkbox], [role=switch], [role=combobox], [tabindex="0"]';
const controls = () => [...document.querySelectorAll(CONTROLS)].filter(seen);
const rgb = c => { const m = c.match(/[\d.]+/g).map(Number); return c.startsWith('color(') ? [...m.slice(0, 3).map(x => x * 255), m[3] ?? 1] : [m[0], m[1], m[2], m[3] ?? 1]; };
const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
const ground = e => { const layers = []; for (let x = e; x; x = x.parentElement) layers.push(rgb(getComputedStyle(x).backgroundColor));
  return layers.reverse().reduce((below, l) => over(l, below), matchMedia('(prefers-color-scheme: dark)').matches ? [16, 22, 31, 1] : [255, 255, 255, 1]); };
const light = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b; };
const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
const LOOK = ['outlineStyle', 'outlineColor', 'outlineWidth', 'boxShadow', 'borderTopColor', 'borderBottomColor', 'borderBottomWidth', 'backgroundColor', 'color', 'textDecorationLine', 'position', 'opacity'];
const around = e => [e, e.parentElement, e.parentElement?.parentElement, e.parentElement?.parentElement?.parentElement,
  ...[...e.querySelectorAll('*')].slice(0, 25), ...(e.parentElement ? [...e.parentElement.children].slice(0, 6) : []),
  ...[4, 5].map(n => { let x = e; for (let i = 0; i < n && x; i++) x = x.parentElement; return x; }),
  ...(e.closest('label') ? [...e.closest('label').querySelectorAll('*')].slice(0, 12) : [])].filter(Boolean);
const looks = l => l.map(e => { const s = getComputedStyle(e); return LOOK.map(k => k === 'outlineColor' && s.outlineStyle === 'none' ? '' : s[k]).join('|'); });

/* 1.4.10, 1.4.4: what is moved sideways, apart from tables, charts and grids of data */
measures.sideways = () => { const out = [];
  for (const e of [document.documentElement, main()]) if (e.scrollWidth > e.clientWidth + 1) out.push(`the page by ${e.scrollWidth - e.clientWidth} pixels`);
  for (const e of document.querySelectorAll('*')) { const s = getComputedStyle(e);
    if (/auto|scroll/.test(s.overflowX) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && seen(e) && !e.closest(DATA) && !e.querySelector(DATA))
      out.push(`${where(e)} by ${e.scrollWidth - e.clientWidth}`); }
  return out; };

/* 1.4.12, 1.4.4: text of which a part is hidden by the box that it stands in */
measures.cut = () => { const out = [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest(DATA) && !e.closest('[data-testid="stTable"]') || !seen(e) || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    if (e.closest('[data-testid="stIconMaterial"], .skip, .gdg-style, [aria-hidden="true"], option, kbd, [data-testid="stSkeleton"], style, script') || e.tagName === 'INPUT') continue;
    const range = document.createRange(); range.selectNodeContents(e);
    const r = range.getBoundingClientRect();
    for (let x = e; x && x !== main() && x !== document.body; x = x.parentElement) { const s = getComputedStyle(x), b = x.getBoundingClientRect();
      const hid = a => /hidden|clip/.test(a);
      if (/auto|scroll/.test(s.overflowX + s.overflowY)) break;
      if (b.width <= 1 || s.position === 'absolute' && s.clip !== 'auto') break;
      if ((hid(s.overflowX) && (r.right > b.right + 2 || r.left < b.left - 2)) || (hid(s.overflowY) && (r.bottom > b.bottom + 4 || r.top < b.top - 4))) {
        out.push(`${where(e)} cut by ${x.dataset.testid || x.className.toString().slice(0, 40)} ${s.textOverflow === 'ellipsis' ? 'ellipsis' : ''}`); break; } } }
  return [...new Set(out)]; };

/* 2.5.8: targets under 24 pixels of which the circle of 24 meets another */
measures.targets = () => { const out = [];
  const box = e => { const l = e.closest('label'), shown = e.tagName === 'INPUT' && l && /checkbox|radio/.test(e.type) ? l : e; return shown.getBoundingClientRect(); };
  const all = [...document.querySelectorAll(CONTROLS)].filter(e => seen(e) || (e.closest('label') && seen(e.closest('label'))))
    .filter(e => !e.closest('.gdg-style, .skip, canvas') && !e.matches(':disabled') && !(e.tagName === 'INPUT' && e.type === 'file'))
    .map(e => [e, box(e)]).filter(([, r]) => r.width > 0);
  const small = ([, r]) => r.width < 23.9 || r.height < 23.9;
  for (const one of all.filter(small)) { const [e, r] = one;
    if (e.tagName === 'A' && getComputedStyle(e).display === 'inline' && text(e.parentElement) !== text(e)) continue;
    const x = r.left + r.width / 2, y = r.top + r.height / 2;
    const head = x => !!x.closest('[data-testid="stHeader"]');
    const hit = all.find(([o, q]) => { if (head(o) !== head(e)) return false; if (o === e || o.contains(e) || e.contains(o)) return false;
      if (small([o, q])) return Math.hypot(q.left + q.width / 2 - x, q.top + q.height / 2 - y) < 24;
      const dx = Math.max(q.left - x, 0, x - q.right), dy = Math.max(q.top - y, 0, y - q.bottom); return Math.hypot(dx, dy) < 12; });
    if (hit) out.push(`${where(e)} ${Math.round(r.width)}x${Math.round(r.height)}, beside ${where(hit[0])}`); }
  return out; };

/* 2.5.3: what a control shows is not in its name */
measures.named = () => { const flat = s => s.toLowerCase().replace(/[^\p{L}\p{N} ]/gu, ' ').replace(/\s+/g, ' ').trim();
  return controls().filter(e => e.hasAttribute('aria-label') && !e.matches('[role=region]') && text(e) && !e.querySelector('input, textarea'))
    .filter(e => !flat(e.getAttribute('aria-label').replace(/\u2060/g, '')).includes(flat(text(e))))
    .map(e => `${where(e)} shows "${text(e).slice(0, 40)}"`); };

/* 3.3.2: what is filled in and has no label in sight */
measures.labels = () => { const out = [];
  for (const e of document.querySelectorAll('input:not([type=hidden]):not([type=file]), textarea, [role=combobox], [role=slider]')) {
    if (!(seen(e) || (e.closest('label') && seen(e.closest('label')))) || e.closest('.gdg-style, .modebar')) continue;
    const shown = [...(e.labels || []), ...(e.getAttribute('aria-labelledby') || '').split(/\s+/).map(i => document.getElementById(i)).filter(Boolean)].some(l => seen(l) && text(l));
    const w = e.closest('[data-testid="stElementContainer"]'), l = w && w.querySelector('[data-testid="stWidgetLabel"]');
    if (!shown && !(l && seen(l) && text(l))) out.push(where(e)); }
  return [...new Set(out)]; };

/* 1.3.1, 2.4.6: headings that are empty, leave out a level or say the same twice */
measures.headings = () => { const out = [], h = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(e => seen(e) && !hidden(e) && !e.closest('.papers')); let last = 0;
  if (h.filter(e => e.tagName === 'H1').length !== 1) out.push(`${h.filter(e => e.tagName === 'H1').length} of h1`);
  for (const e of h) { const n = +e.tagName[1]; if (!text(e)) out.push('an empty heading'); if (n > last + 1) out.push(`h${last} then h${n} "${text(e).slice(0, 40)}"`); last = n; }
  const t = h.map(text); for (const s of new Set(t)) if (t.filter(x => x === s).length > 1) out.push(`twice "${s.slice(0, 40)}"`);
  return out; };

/* 1.4.11: fields whose edge is fainter than 3 to 1 */
measures.borders = () => { const out = [];
  const fields = '[data-testid="stTextInputRootElement"], [data-testid="stTextAreaRootElement"], [data-testid="stNumberInputContainer"], '
    + '.stSelectbox [role=group], .stMultiSelect [role=group]:has(> button), .stDateInput [role=group], [data-testid="stFileUploaderDropzone"], '
    + '[data-testid="stCheckbox"] label > span + div';
  for (const e of [...document.querySelectorAll(fields)].filter(seen)) { if (e.closest('.gdg-style') || e.querySelector(':disabled, [aria-disabled="true"]') || e.parentElement.closest('[data-testid="stNumberInputContainer"]')) continue;
    const s = getComputedStyle(e), out_ = ground(e.parentElement), inside = ground(e);
    const edge = parseFloat(s.borderBottomWidth) > 0 && s.borderBottomStyle !== 'none' ? over(rgb(s.borderBottomColor), out_) : out_;
    const best = Math.max(ratio(edge, out_), ratio(inside, out_));
    if (best < 3) out.push(`${where(e)} ${(e.dataset.baseweb || '')} ${best.toFixed(2)} ${s.borderBottomColor} on ${out_.map(Math.round)}`); }
  return out; };

/* 1.3.2, 2.4.3: what is seen in another order than it is read */
measures.order = () => { const out = [];
  for (const e of document.querySelectorAll('body *')) { const s = getComputedStyle(e), inner = [...e.children].filter(seen);
    if (e.closest(DATA)) continue;
    if (e.tabIndex > 0) out.push(`tabindex ${e.tabIndex}: ${where(e)}`);
    if (!/flex|grid/.test(s.display) || inner.length < 2) continue;
    const orders = inner.map(x => +getComputedStyle(x).order);
    if (orders.some((o, i) => i && o < orders[i - 1]) || /reverse/.test(s.flexDirection)) out.push(where(e)); }
  return out; };

/* 2.2.2, 2.3.1: what moves without end while nothing is under way */
measures.moving = () => document.getAnimations().filter(a => a.playState === 'running' && a.effect.getComputedTiming().iterations === Infinity && a.effect.target?.checkVisibility())
  .map(a => `${a.animationName || ''} ${where(a.effect.target)}`);

/* 1.4.5: pictures */
measures.pictures = () => [...document.querySelectorAll('img, picture, video, audio, object, embed, canvas')].filter(seen)
  .map(e => `${e.tagName.toLowerCase()} ${where(e)} ${(e.alt || '')} ${(e.currentSrc || e.src || '').slice(0, 60)}`);

/* 2.1.1: what a mouse can press and the keyboard does not reach */
measures.clickable = () => {   return [...new Set([...document.querySelectorAll('body *')].filter(e => seen(e) && getComputedStyle(e).cursor === 'pointer'
    && !(e.parentElement && getComputedStyle(e.parentElement).cursor === 'pointer')
    && !e.matches(CONTROLS) && !e.closest(CONTROLS) && !e.querySelector(CONTROLS) && !e.closest('label') && !e.closest('.gdg-style')).map(where))]; };

/* 3.2.3: the navigation, and the order of the bar of the case */
measures.furniture = () => ({ navigation: [...document.querySelectorAll('[data-testid="stTopNavLink"]')].map(text),
  bar: [...new Set([...document.querySelectorAll('.st-key-casebar [class*="st-key-"]')].filter(seen)
    .map(e => (/st-key-(scenario|save-open|solve)/.exec(e.className) || [])[1]).filter(Boolean))] });

/* 3.2.6: the way into the guide is the last that a page has */
measures.guide = () => { const all = [...main().querySelectorAll(CONTROLS)].filter(seen), to = a => /guide/.test(a.getAttribute('href') || '');
  const more = [...main().querySelectorAll('[data-testid="stCaptionContainer"]')].filter(e => /^More in the guide/.test(text(e)));
  return more.length === 1 && to(all.at(-1)) ? [] : [`${more.length} ways into the guide, last is ${where(all.at(-1))}`]; };

/* 2.4.4: links without a name, and links of one name that lead to different places */
measures.links = () => { const to = new Map(), out = [];
  for (const a of [...document.querySelectorAll('a[href]')].filter(e => seen(e) && !hidden(e))) { const h = a.getAttribute('href').split('?')[0] + (/[?&](page|word)=[^&]*/.exec(a.search) || [''])[0] + a.hash, n = name(a) + (a.closest('p') ? ` in ${text(a.closest('p')).slice(0, 20)}` : '');
    if (!name(a) || /^(here|more|link|click)$/i.test(name(a))) out.push(where(a)); if (to.has(n) && to.get(n) !== h) out.push(`two ways: ${where(a)}`); to.set(n, h); }
  return out; };

/* What has the focus now; null: nothing */
measures.focused = () => { const e = document.activeElement; if (!e || e === document.body) return null;
  if (!ids.has(e)) ids.set(e, ids.size); const r = e.getBoundingClientRect();
  now = e; nearby = around(e); lit = looks(nearby);
  const label = e.closest('label'), inside = p => p && (e === p || e.contains(p) || (label && label.contains(p)) || (e.closest('canvas') && p.closest('[data-testid="stDataFrame"]') === e.closest('[data-testid="stDataFrame"]')) || (p.contains(e) && p !== document.body && !p.contains(main())));
  const q = label && r.width < 2 ? label.getBoundingClientRect() : (e.closest('canvas') || e).getBoundingClientRect();
  let clear = false; for (const fx of [.1, .5, .9]) for (const fy of [.1, .5, .9]) clear ||= inside(document.elementFromPoint(q.left + q.width * fx, q.top + q.height * fy));
  return { id: ids.get(e), where: where(e), clear, grid: !!e.closest('.gdg-style, [data-testid="stDataFrame"]'), box: [r.left, r.top, r.width, r.height].map(Math.round) }; };

/* 2.4.7: does what had the focus look otherwise without it? */
measures.unlit = () => { if (!now || !now.isConnected || document.activeElement === now) return true;
  // the edge of the whole field is lit, and the caret stands in it, also while its own button has the focus
  if (now.tagName === 'INPUT' && now.closest('.stMultiSelect')?.contains(document.activeElement)) return true; const after = looks(nearby); return after.some((s, i) => s !== lit[i]); };

})();
