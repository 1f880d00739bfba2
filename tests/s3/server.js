// An S3 server for tests: s3rver, which keeps objects in a folder and checks signatures, and what it lacks: that nothing
// is public, that bodies have the hash that was signed, that uploads in parts can be listed and aborted, and faults when a
// test asks for them.
//   node server.js FOLDER PORT
'use strict'
const crypto = require('crypto')
const fs = require('fs')
const path = require('path')

// What is signed is encoded as RFC 3986 has it; s3rver leaves these five as they are.
const encode = globalThis.encodeURIComponent
globalThis.encodeURIComponent = text => encode(text).replace(/[!'()*]/g, c => '%' + c.charCodeAt(0).toString(16).toUpperCase())

const modules = path.join(__dirname, '../../build/s3/node_modules')
const S3rver = require(path.join(modules, '@20minutes/s3rver'))
const library = path.join(modules, '@20minutes/s3rver/lib')
const S3Error = require(path.join(library, 'models/error'))
const authentication = require(path.join(library, 'middleware/authentication'))()

const [folder, port] = process.argv.slice(2)
const uploads = bucket => path.join(folder, bucket, '._S3rver_uploads')
let faults = []  // {method, status, times, delay}
const seen = []  // what was asked for: "PUT /bucket/name?partNumber"

const server = new S3rver({directory: folder, port: Number(port), address: '127.0.0.1', silent: true,
  vhostBuckets: false, configureBuckets: [{name: 'files'}]})

// Before everything else: the faults.
server.middleware.unshift(async (ctx, next) => {
  if (ctx.path === '/-/faults') {
    if (ctx.method === 'POST') {
      const chunks = []
      for await (const chunk of ctx.req) chunks.push(chunk)
      faults = JSON.parse(Buffer.concat(chunks).toString())
    }
    ctx.body = JSON.stringify({faults, seen: seen.splice(0)})
    return
  }
  seen.push(`${ctx.method} ${ctx.path}${ctx.search}`)
  const fault = faults.find(f => f.times > 0 && (!f.method || f.method === ctx.method) && (ctx.path + ctx.search).includes(f.path || ''))
  if (fault) {
    fault.times -= 1
    if (fault.delay) await new Promise(done => setTimeout(done, fault.delay))
    if (fault.cut) { ctx.respond = false; ctx.req.socket.destroy(); return }
    if (fault.status) {
      ctx.req.resume()
      ctx.status = fault.status
      ctx.type = 'application/xml'
      ctx.body = `<Error><Code>${fault.code || 'InternalError'}</Code><Message>a fault that a test asked for</Message></Error>`
      return
    }
  }
  // Nothing in this bucket is public.
  if (!ctx.get('authorization') && !('X-Amz-Signature' in ctx.query)) throw new S3Error('AccessDenied', 'Access Denied')
  // The bytes that came are those that were signed.
  const wanted = ctx.get('x-amz-content-sha256')
  if (/^[0-9a-f]{64}$/.test(wanted)) {
    const hash = crypto.createHash('sha256')
    const push = ctx.req.push
    ctx.req.push = function (chunk, encoding) {
      if (chunk !== null) hash.update(chunk)
      else if (hash.digest('hex') !== wanted) ctx.req.destroy(new Error('the body is not what was signed'))
      return push.call(this, chunk, encoding)
    }
  }
  const [, bucket, ...key] = decodeURIComponent(ctx.path).split('/')
  if (ctx.method === 'GET' && 'uploads' in ctx.query) {
    ctx.params = {bucket}
    await authentication(ctx, async () => {
      const list = fs.existsSync(uploads(bucket)) ? fs.readdirSync(uploads(bucket)) : []
      ctx.type = 'application/xml'
      ctx.body = '<ListMultipartUploadsResult>' + list.map(id => {
        const key = fs.readFileSync(path.join(uploads(bucket), id, 'key'), 'utf8')
        const time = fs.statSync(path.join(uploads(bucket), id)).mtime.toISOString()
        return `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${time}</Initiated></Upload>`
      }).join('') + '</ListMultipartUploadsResult>'
    })
    return
  }
  if (ctx.method === 'DELETE' && 'uploadId' in ctx.query) {
    ctx.params = {bucket, key: key.join('/')}
    await authentication(ctx, async () => {
      const upload = path.join(uploads(bucket), path.basename(ctx.query.uploadId))
      if (!fs.existsSync(upload)) throw new S3Error('NoSuchUpload', 'The specified upload does not exist')
      fs.rmSync(upload, {recursive: true})
      ctx.status = 204
    })
    return
  }
  await next()
})

server.run().then(() => console.log('ready'))
