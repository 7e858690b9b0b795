"""Parts of the page Committee."""
